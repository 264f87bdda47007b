/**
 * Results that stand in a migration's folder beside its report and become sections of it: what `causeway queries` and
 * `causeway loadtest` have measured last.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadOutcome } from '../loadtest/load-outcome.ts';
import type { QueriesOutcome } from './queries-outcome.ts';

export interface AttachedResults {
  readonly queries?: QueriesOutcome;
  readonly load?: LoadOutcome;
}

export function attach<K extends keyof AttachedResults>(folder: string, kind: K, result: NonNullable<AttachedResults[K]>): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${kind}.json`);
  writeFileSync(`${file}.new`, `${JSON.stringify(result)}\n`);
  renameSync(`${file}.new`, file);
}

export function readAttached(folder: string): AttachedResults {
  return { ...read(folder, 'queries'), ...read(folder, 'load') };
}

/** A file that is not there, or of another version of ours, is no section. */
function read(folder: string, kind: keyof AttachedResults): AttachedResults {
  try {
    return { [kind]: JSON.parse(readFileSync(join(folder, `${kind}.json`), 'utf8')) };
  } catch {
    return {};
  }
}
