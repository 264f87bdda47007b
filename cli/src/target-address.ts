/**
 * Where the target is: `--to postgres://…`, `--to @file`, or DATABASE_URL. A password in `--to` is visible to other
 * users of the machine, so it is used with a warning; it never goes further than into the environment of our services.
 */
import { readFileSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import { parsePostgresAddress } from '@causeway/runtime/postgres-address';

export interface TargetAddress {
  /** null: no target was given, and the command starts one of its own. */
  readonly url: string | null;
  readonly warnings: readonly string[];
}

export function targetAddress(to: string | undefined, environment: Readonly<Record<string, string | undefined>>): TargetAddress {
  if (to === undefined) {
    const url = environment.DATABASE_URL;
    return { url: url === undefined || url === '' ? null : checked(url, 'DATABASE_URL'), warnings: [] };
  }
  if (to.startsWith('@')) return { url: checked(fromFile(to.slice(1)), `the file ${to.slice(1)}`), warnings: [] };
  const url = checked(to, '--to');
  const warnings = parsePostgresAddress(url)?.password === '' ? [] : ['the password in --to can be seen in the process list; DATABASE_URL, --to @file or PGPASSFILE keep it out of there'];
  return { url, warnings };
}

function fromFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new Failure('USAGE', `--to @${path} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown'}`, { cause });
  }
}

/** The address itself is never repeated in an error: it may hold a password. */
function checked(url: string, where: string): string {
  if (parsePostgresAddress(url) === undefined) throw new Failure('USAGE', `${where} does not hold an address of the form postgres://user@host:port/database`);
  return url;
}
