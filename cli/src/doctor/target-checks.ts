/** Whether the given target can take a migration. Reads only. */
import type { Environment } from '@causeway/runtime/parts/local-part';
import { findPostgresClient } from '@causeway/runtime/parts/postgres-client';
import { addressesOf } from '@causeway/runtime/postgres-address';
import { messageOf } from '@causeway/runtime/postgres-pool';
import pg from 'pg';
import type { DoctorCheck } from './doctor-check.ts';
import { installCommand } from './install-command.ts';
import { speedChecks } from './speed-checks.ts';

const OLDEST = 15;
const CONNECT_MS = 5_000;

interface Facts {
  readonly version: string;
  readonly number: number;
  readonly encoding: string;
  readonly role: string;
  readonly database: string;
  readonly create_in_database: boolean;
  readonly schema_exists: boolean;
  readonly create_in_schema: boolean;
  readonly replication_role: boolean;
}

/** has_parameter_privilege and GRANT SET ON PARAMETER exist from 15 on; older servers stop at the version check. */
const FACTS = `
  SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
         current_setting('server_encoding') AS encoding, quote_ident(current_user) AS role, quote_ident(current_database()) AS database,
         has_database_privilege(current_database(), 'CREATE') AS create_in_database,
         EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS schema_exists,
         COALESCE((SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $1), false) AS create_in_schema`;
const MAY_SET = "SELECT has_parameter_privilege('session_replication_role', 'SET') AS may";

/** Of several servers the first that can be used tells; the last one's trouble, where none can. */
export async function targetChecks(url: string, schema: string, environment: Environment): Promise<DoctorCheck[]> {
  let checks: DoctorCheck[] = [];
  for (const address of addressesOf(url)) {
    checks = await checksOf(address, schema, environment);
    if (checks.length > 1) break;
  }
  return checks;
}

async function checksOf(url: string, schema: string, environment: Environment): Promise<DoctorCheck[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, application_name: 'causeway doctor' });
  // A connection that dies while idle is told by the next query.
  client.on('error', () => {});
  try {
    await client.connect();
    const facts = (await client.query<Facts>(FACTS, [schema])).rows[0];
    if (facts === undefined) throw new Error('the server gave no answer');
    const mayReplicate = facts.number >= OLDEST * 10_000 && (await client.query<{ may: boolean }>(MAY_SET)).rows[0]?.may === true;
    return [...judge({ ...facts, replication_role: mayReplicate }, schema), dumpCheck(Math.floor(facts.number / 10_000), environment), ...(await speedChecks(client))];
  } catch (error) {
    return [{ name: 'Target', found: messageOf(error), verdict: 'missing', usedFor: 'the database that is migrated to', required: true, remedy: 'check the address, the role and its password (DATABASE_URL, --to @file or PGPASSFILE)' }];
  } finally {
    await client.end().catch(() => {});
  }
}

function dumpCheck(serverMajor: number, environment: Environment): DoctorCheck {
  const client = findPostgresClient(environment, serverMajor);
  const base = { name: 'Client for backups', usedFor: `pg_dump and pg_restore ${serverMajor} or newer, for backups of this target`, required: false } as const;
  if (client !== undefined) return { ...base, found: `${client.version} in ${client.bin}`, verdict: 'ok' };
  const command = installCommand('pg_dump', { environment, isRoot: process.getuid?.() === 0 });
  return { ...base, found: '', verdict: 'warn', remedy: `${command}, in version ${serverMajor} or newer` };
}

function judge(facts: Facts, schema: string): DoctorCheck[] {
  const line = (name: string, good: boolean, found: string, usedFor: string, remedy: string, required = true): DoctorCheck => ({
    name,
    found,
    verdict: good ? 'ok' : required ? 'missing' : 'warn',
    usedFor,
    required,
    ...(good ? {} : { remedy }),
  });
  const named = pg.escapeIdentifier(schema);
  const mayCreate = facts.schema_exists ? facts.create_in_schema : facts.create_in_database;
  const grant = facts.schema_exists ? `GRANT CREATE ON SCHEMA ${named} TO ${facts.role}` : `CREATE SCHEMA ${named} AUTHORIZATION ${facts.role}`;
  return [
    line('Target version', facts.number >= OLDEST * 10_000, facts.version, `${OLDEST} or newer`, 'use PostgreSQL 15 or newer'),
    line('Target encoding', facts.encoding === 'UTF8', facts.encoding, 'text arrives byte for byte', `CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'`),
    line('CREATE on database', facts.create_in_database, facts.create_in_database ? 'granted' : 'not granted', 'the schema of the migration record', `GRANT CREATE ON DATABASE ${facts.database} TO ${facts.role}`),
    line('CREATE on schema', mayCreate, `${schema}: ${mayCreate ? 'granted' : 'not granted'}`, 'the tables', grant),
    line('SET session_replication_role', facts.replication_role, facts.replication_role ? 'granted' : 'not granted', 'following changes without firing triggers and foreign keys', `GRANT SET ON PARAMETER session_replication_role TO ${facts.role}`, false),
  ];
}
