/**
 * Connections to PostgreSQL with a pinned session: whatever ALTER ROLE or ALTER DATABASE has set, the same bytes mean
 * the same values.
 */
import { Failure } from '@causeway/contracts/failures';
import pg from 'pg';
import { failoverPool } from './failover-pool.ts';
import { parsePostgresAddress } from './postgres-address.ts';
import { endSilentConnections } from './silent-connections.ts';

const PINNED = [
  "SET TimeZone TO 'UTC'",
  "SET DateStyle TO 'ISO, MDY'",
  "SET IntervalStyle TO 'postgres'",
  'SET extra_float_digits TO 1',
  "SET bytea_output TO 'hex'",
  'SET standard_conforming_strings TO on',
  "SET client_encoding TO 'UTF8'",
  'SET search_path TO pg_catalog',
  'SET statement_timeout TO 0',
  'SET lock_timeout TO 0',
  'SET idle_in_transaction_session_timeout TO 0',
  'SET idle_session_timeout TO 0',
  'SET default_transaction_read_only TO off',
  "SET default_transaction_isolation TO 'read committed'",
  'SET array_nulls TO on',
  'SET transform_null_equals TO off',
  'SET synchronous_commit TO on',
  // The server's side of a connection that is gone without a word: its transaction holds locks until it is missed.
  'SET tcp_keepalives_idle TO 20',
  'SET tcp_keepalives_interval TO 5',
  'SET tcp_keepalives_count TO 3',
  "SET tcp_user_timeout TO '60s'",
  'SELECT pg_backend_pid() AS pid',
];

/** int8 arrives as bigint: Number would lose bits beyond 2^53. */
const TYPES: pg.CustomTypesConfig = {
  // biome-ignore lint/suspicious/noExplicitAny: pg's own overloads
  getTypeParser: ((oid: number, format: any) =>
    oid === 20 && format !== 'binary' ? (value: string) => BigInt(value) : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

export interface PoolOptions {
  /** postgres:// URL, of several servers too; a missing password is looked up in PGPASSFILE by the driver. */
  readonly url: string;
  readonly max: number;
  readonly applicationName: string;
  /** A query that takes longer is ended by the server, and given up where the server does not answer; absent: none is. */
  readonly queryTimeoutMs?: number;
}

export function createPool(options: PoolOptions): pg.Pool {
  const backends = new WeakMap<pg.ClientBase, number>();
  const limit = options.queryTimeoutMs === undefined ? [] : [`SET statement_timeout TO ${Math.round(options.queryTimeoutMs * 0.7)}`];
  const settings = {
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: 15_000,
    // A migration holds its connections for hours through firewalls that drop silent ones.
    keepAlive: true,
    keepAliveInitialDelayMillis: 20_000,
    types: TYPES,
    ...(options.queryTimeoutMs === undefined ? {} : { query_timeout: options.queryTimeoutMs, connectionTimeoutMillis: options.queryTimeoutMs }),
    // Awaited by the pool before the first borrower gets the connection (missing in the type definitions).
    onConnect: async (client: pg.ClientBase) => {
      // One result a statement, which the type definitions do not tell.
      const results = (await client.query([...PINNED, ...limit].join('; '))) as unknown as pg.QueryResult[];
      backends.set(client, results.find(({ command }) => command === 'SELECT')?.rows[0].pid as number);
    },
  };
  const several = (parsePostgresAddress(options.url)?.hosts.length ?? 1) > 1;
  const pool = several ? failoverPool(options.url, settings) : new pg.Pool({ ...settings, connectionString: options.url });
  // An idle connection that dies is replaced by the pool; the next query tells if the server is gone.
  pool.on('error', () => {});
  // A borrowed one that dies between two queries has no listener of the pool's, and an unheard error ends the process;
  // whoever holds it is told by the next query.
  pool.on('connect', (client) => client.on('error', () => {}));
  endSilentConnections(pool, (client) => backends.get(client));
  return pool;
}

/** PostgreSQL chose this transaction to end a deadlock or a serialization conflict: nothing of it happened. */
const CONFLICTS = new Set(['40P01', '40001']);
const CONFLICT_TRIES = 5;

/** Runs a whole transaction again when the server says that it lost a conflict. */
export async function retryingConflicts<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt >= CONFLICT_TRIES || !CONFLICTS.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}

/** Runs `work` in one transaction on one connection; rolls back and rethrows on failure. May run it again: see above. */
export function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return retryingConflicts(() => oneTransaction(pool, work));
}

async function oneTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (cause) {
    await client.query('ROLLBACK').catch((error: Error) => {
      broken = error;
    });
    throw cause;
  } finally {
    client.release(broken);
  }
}

/** Host, port and database of a URL, for people; no user, no password, no parameters. */
export function describeTarget(url: string): string {
  const address = parsePostgresAddress(url);
  if (address === undefined) return '(target)';
  // Invariant: I16
  const { hosts, database } = address;
  return `${hosts.map(({ host, port }) => `${host || 'localhost'}:${port}`).join(',')}/${database}`;
}

const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ECONNRESET', 'EHOSTUNREACH', '28P01', '28000', '3D000', '57P03', '53300']);

/** True where an error means "no usable connection" rather than "this statement is wrong". */
export function isConnectionError(error: unknown): boolean {
  const e = error as { code?: string; message?: string; errors?: unknown[] };
  if (e?.errors?.some(isConnectionError)) return true;
  return CONNECTION_CODES.has(e?.code ?? '') || /terminat|timeout exceeded when trying to connect|password|connection error and is not queryable|client was closed|the socket has been ended/i.test(e?.message ?? '');
}

export interface TargetServer {
  readonly version: string;
  /** The role that the connection has got. */
  readonly role: string;
}

/** Connects once and checks what every later step rests on: reachable, version ≥ 15, UTF8. */
export async function checkTarget(pool: pg.Pool, url: string): Promise<TargetServer> {
  const where = describeTarget(url);
  let row: { num: number; version: string; encoding: string; role: string };
  try {
    const result = await pool.query(
      "SELECT current_setting('server_version_num')::int AS num, current_setting('server_version') AS version, current_setting('server_encoding') AS encoding, current_user AS role",
    );
    row = result.rows[0];
  } catch (cause) {
    throw new Failure('TARGET_UNREACHABLE', `${where}: ${messageOf(cause)}`, { cause });
  }
  if (row.num < 150000) throw new Failure('TARGET_TOO_OLD', `${where} is PostgreSQL ${row.version}`);
  if (row.encoding !== 'UTF8') throw new Failure('TARGET_ENCODING', `${where} is encoded in ${row.encoding}`);
  return { version: row.version, role: row.role };
}

/** The server's or driver's own words; an AggregateError of a failed connect has an empty message of its own. */
export function messageOf(error: unknown): string {
  const e = error as { message?: string; errors?: unknown[] };
  if (e?.errors !== undefined && e.errors.length > 0) return messageOf(e.errors[0]);
  return e?.message ?? String(error);
}

/** SQL that is one statement or refused: the server parses it by the extended protocol, which takes no second one behind a semicolon. */
export function oneStatement(sql: string): pg.QueryConfig {
  // Missing in the type definitions.
  return { text: sql, ...({ queryMode: 'extended' } as object) };
}
