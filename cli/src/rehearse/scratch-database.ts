/** A database of its own for one rehearsal, on the server that the owner names. Nothing else there is touched. */
import { randomBytes } from 'node:crypto';
import { Failure } from '@causeway/contracts/failures';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { messageOf } from '@causeway/runtime/postgres-pool';
import pg from 'pg';

export const SCRATCH_PREFIX = 'causeway_rehearsal_';

export interface ScratchDatabase {
  readonly name: string;
  readonly url: string;
  /** Rehearsals that were killed have left these behind. */
  readonly leftovers: readonly string[];
  /** Bytes on the server's disk. */
  bytes(): Promise<number>;
  drop(): Promise<void>;
}

/** Throws TARGET_PRIVILEGE where the role may not make a database. */
export async function makeScratchDatabase(server: string): Promise<ScratchDatabase> {
  const name = `${SCRATCH_PREFIX}${randomBytes(6).toString('hex')}`;
  const leftovers = await onServer(server, async (client) => {
    const found = await client.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1) AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datname = pg_database.datname)', [SCRATCH_PREFIX]);
    await client.query(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0 ENCODING 'UTF8'`).catch((cause: unknown) => {
      if ((cause as { code?: string }).code !== '42501') throw cause;
      throw new Failure('TARGET_PRIVILEGE', 'a rehearsal makes a database of its own and drops it again: the role needs CREATEDB, or name a server for it with --to', { cause });
    });
    return found.rows.map((row) => row.datname as string);
  });
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    leftovers,
    bytes: () => onServer(server, async (client) => Number((await client.query('SELECT pg_database_size($1) AS n', [name])).rows[0].n)),
    drop: () => onServer(server, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`))),
  };
}

async function onServer<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server, application_name: 'causeway rehearse', connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    throw new Failure('TARGET_UNREACHABLE', messageOf(cause), { cause });
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
