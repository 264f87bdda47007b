/**
 * Digests of every table of a database, whatever made it: rows and the sum of their digests, computed by PostgreSQL in
 * one snapshot. A backup keeps those of the snapshot that it was taken from; a restored copy must give the same.
 */
import { qualifiedName } from '@causeway/contracts/identifier';
import type { DatabaseDigest, TableDigest } from '@causeway/contracts/database-digest';
import type pg from 'pg';
import { columnExpression } from './column-expression.ts';

export interface DigestInput {
  readonly pool: pg.Pool;
  /** Name of an exported snapshot; empty: the state at the start, held by this call itself. */
  readonly snapshot: string;
  readonly signal: AbortSignal;
  readonly onTable: (table: number, rows: number) => void;
}

/** Two keep both cores of a small server busy; more only take its memory. */
const LANES = 2;

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly (readonly [string, string])[];
}

/**
 * What pg_dump takes with its rows: tables and leaves of partitions, no extension's own and no foreign ones. Views that
 * hold rows are made anew by a restore, and foreign tables hold none.
 */
const TABLES = `
SELECT n.nspname AS schema, c.relname AS name,
       coalesce((SELECT jsonb_agg(jsonb_build_array(a.attname, t.typname) ORDER BY a.attnum)
          FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1, 2`;

/** Rows that a policy hides would be missing without a word: reading them is then an error. */
const SETTINGS = "SET LOCAL search_path TO pg_catalog; SET LOCAL row_security TO off; SET LOCAL statement_timeout TO 0; SET LOCAL jit TO off; SET LOCAL TimeZone TO 'UTC'; SET LOCAL DateStyle TO 'ISO, MDY'; SET LOCAL extra_float_digits TO 1";

export async function digestDatabase(input: DigestInput): Promise<DatabaseDigest> {
  const first = await openSnapshot(input.pool, input.snapshot);
  const clients = [first.client];
  try {
    const tables = (await first.client.query(TABLES)).rows as Table[];
    while (clients.length < Math.min(LANES, tables.length)) clients.push((await openSnapshot(input.pool, first.snapshot)).client);
    const found = new Array<TableDigest>(tables.length);
    let next = 0;
    const lane = async (client: pg.PoolClient): Promise<void> => {
      for (let at = next++; at < tables.length; at = next++) {
        input.signal.throwIfAborted();
        const digest = await digestTable(client, tables[at] as Table);
        found[at] = digest;
        input.onTable(at, Number(digest.rows));
      }
    };
    await Promise.all(clients.map(lane));
    return { tables: found };
  } finally {
    // A statement may still be running on another lane: its connection is given up with it.
    for (const client of clients) client.release(true);
  }
}

async function openSnapshot(pool: pg.Pool, snapshot: string): Promise<{ client: pg.PoolClient; snapshot: string }> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // SET takes no parameters; the server's own names are hexadecimal and dashes.
    if (/^[0-9A-Fa-f-]+$/.test(snapshot)) await client.query(`SET TRANSACTION SNAPSHOT '${snapshot}'`);
    const name = snapshot === '' ? ((await client.query('SELECT pg_catalog.pg_export_snapshot() AS name')).rows[0].name as string) : snapshot;
    await client.query(SETTINGS);
    return { client, snapshot: name };
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** ONLY: the rows of children are counted with the children. */
async function digestTable(client: pg.PoolClient, table: Table): Promise<TableDigest> {
  const elements = `hash_record_extended(ROW(${table.columns.map(([name, type]) => columnExpression(name, type)).join(', ')}), 0)`;
  const result = await client.query(`SELECT count(*)::text AS rows, coalesce(sum(${elements}), 0)::text AS sum FROM ONLY ${qualifiedName(table.schema, table.name)} AS t`);
  const sum = BigInt.asUintN(64, BigInt(result.rows[0].sum as string));
  return { schema: table.schema, name: table.name, rows: result.rows[0].rows as string, digest: sum.toString(16).padStart(16, '0') };
}
