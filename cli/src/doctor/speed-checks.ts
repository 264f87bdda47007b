/** What makes queries fast and a migration can do without: extensions, and the order of texts. Never required. */
import type pg from 'pg';
import type { DoctorCheck } from './doctor-check.ts';

const EXTENSIONS: Readonly<Record<string, string>> = { pg_trgm: "indexes for LIKE '%…%'", cube: 'indexes for R*Trees of other than two dimensions', pg_stat_statements: 'slow statements in `causeway advise`' };

interface Extension {
  readonly name: string;
  readonly installed: boolean;
  readonly allowed: boolean;
}

/** A trusted extension needs CREATE on the database; others a superuser. */
const FOUND = `
  SELECT e.name, e.installed_version IS NOT NULL AS installed,
         (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR (bool_or(v.trusted) AND has_database_privilege(current_database(), 'CREATE')) AS allowed
    FROM pg_available_extensions e JOIN pg_available_extension_versions v ON v.name = e.name WHERE e.name = ANY ($1) GROUP BY e.name, e.installed_version`;

export async function speedChecks(client: pg.Client): Promise<DoctorCheck[]> {
  const found = (await client.query<Extension>(FOUND, [Object.keys(EXTENSIONS)])).rows;
  const extensions = Object.entries(EXTENSIONS).map(([name, usedFor]) => extensionCheck(name, usedFor, found.find((e) => e.name === name)));
  const { collate } = (await client.query<{ collate: string }>('SELECT datcollate AS collate FROM pg_database WHERE datname = current_database()')).rows[0] as { collate: string };
  const byBytes = collate === 'C' || collate === 'POSIX';
  const order: DoctorCheck = { name: 'Order of texts', found: `LC_COLLATE ${collate}`, verdict: byBytes ? 'ok' : 'warn', usedFor: 'sorting by bytes as SQLite does, several times faster than by a locale', required: false };
  return [...extensions, byBytes ? order : { ...order, remedy: "CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'" }];
}

function extensionCheck(name: string, usedFor: string, found: Extension | undefined): DoctorCheck {
  const base = { name: `Extension ${name}`, usedFor, required: false } as const;
  if (found === undefined) return { ...base, found: 'not on the server', verdict: 'warn', remedy: "install the server's contrib package (postgresql-contrib)" };
  if (found.installed) return { ...base, found: 'made', verdict: 'ok' };
  // The plan makes the others itself.
  if (found.allowed) return { ...base, found: name === 'pg_stat_statements' ? 'can be made' : 'will be made where the plan needs it', verdict: 'ok' };
  return { ...base, found: 'the role may not make it', verdict: 'warn', remedy: `a superuser: CREATE EXTENSION ${name}` };
}
