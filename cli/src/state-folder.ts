/** The state folder: logs, copies of sources, reports, and the parts that causeway starts by itself. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import type { CliContext } from './run-cli.ts';

export function stateFolder(given: string | undefined, context: CliContext): string {
  const folder = resolve(context.cwd, given ?? context.environment.CAUSEWAY_STATE ?? '.causeway');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new Failure('STATE_UNUSABLE', `${folder}: ${(cause as NodeJS.ErrnoException).code ?? 'unknown'}`, { cause });
  }
  return folder;
}

/** Folder of one migration. */
export function migrationFolder(state: string, name: string): string {
  return join(state, 'migrations', name.replaceAll(/[^A-Za-z0-9._-]+/g, '_'));
}
