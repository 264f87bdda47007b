/**
 * A folder that is filled before it gets its real name. Every filler has one of its own: a program whose starter was
 * killed may still be writing into an earlier one.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Removes what earlier fillers left, and makes an empty folder. The caller holds the lock of `target`. */
export function partialFolder(target: string, mode: number): string {
  const parent = dirname(target);
  const prefix = `${basename(target)}.partial-`;
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) if (name.startsWith(prefix)) removeFolder(join(parent, name));
  const folder = join(parent, `${prefix}${process.pid}`);
  mkdirSync(folder, { mode });
  return folder;
}

/** Tries again for a while: a file that is made in between is no error. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
