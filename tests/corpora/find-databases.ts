/** The SQLite files of a folder, by what they begin with and not by their names. */
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Real databases stand beside the repository where they are provided. */
export const CORPORA = resolve(import.meta.dirname, '../../../shared/corpora/dev');

export function findDatabases(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return (readdirSync(path, { recursive: true }) as string[]).map((name) => join(path, name)).filter((file) => statSync(file).isFile() && isSqlite(file)).sort();
}

function isSqlite(file: string): boolean {
  const head = Buffer.alloc(16);
  const handle = openSync(file, 'r');
  try {
    return readSync(handle, head, 0, 16, 0) === 16 && head.toString('latin1') === 'SQLite format 3\0';
  } finally {
    closeSync(handle);
  }
}
