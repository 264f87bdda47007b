import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import type { Query } from '@causeway/control/queries/query-set';
import { readQuerySet } from '@causeway/control/queries/read-query-set';

/** Throws USAGE where the file cannot be read, or holds no query. */
export function readQueries(file: string, cwd: string): Query[] {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new Failure('USAGE', `--queries ${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown'}`, { cause });
  }
  return readQuerySet(text, file);
}
