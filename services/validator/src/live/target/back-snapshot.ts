/** What PostgreSQL says of rows while it is the primary: their states, and which of their keys have changed since. */
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import { postgresTypeName } from '@causeway/contracts/logical-type';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import type { LivePhase } from '@causeway/control/live/live-record';
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';
import { digestExpression, elementsExpression } from '../../measure/target/canonical-expression.ts';
import type { TargetRowState } from '../row-state.ts';
import { BEGIN } from './live-snapshot.ts';
import { elementsList, keyColumns } from './live-statements.ts';

/** A key as the queue of the way back has it. */
export type KeyTexts = readonly (string | null)[];

export interface BackSnapshot {
  readonly phase: LivePhase;
  readonly attempt: bigint;
  /** Newest batch of rows that was published and left the queue. */
  readonly publishedEpoch: bigint;
  readonly publishedBatch: bigint;
  /** Newest key that had left the queue. */
  readonly newest: bigint;
  readonly client: pg.ClientBase;
}

export async function inBackSnapshot<T>(pool: pg.Pool, g: Generation, read: (snapshot: BackSnapshot) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(BEGIN);
    const found = await client.query(
      `SELECT phase, attempt, back_published_epoch AS "publishedEpoch", back_published_batch AS "publishedBatch",
              coalesce((SELECT max(id) FROM causeway.back_change), 0)::bigint AS newest
         FROM causeway.live WHERE migration = $1`,
      [g.migration],
    );
    return await read({ ...(found.rows[0] as Omit<BackSnapshot, 'client'>), client });
  } finally {
    await client.query('ROLLBACK').catch(() => {
      broken = true;
    });
    client.release(broken);
  }
}

/** Columns of a key that stands as `k` in a row, cast to their types. */
function typed(contract: TableContract, names: (column: ColumnContract, i: number) => string): string {
  return keyColumns(contract)
    .map((column, i) => `(k->>${i})::${postgresTypeName(column.type)} AS ${names(column, i)}`)
    .join(', ');
}

const matchOf = (contract: TableContract): string => elementsExpression(keyColumns(contract));
const asColumns = (contract: TableContract): string => typed(contract, (column) => quoteIdentifier(column.target));

/** The canonical digest of each key, by which both sides' rows are found. */
export async function matchesOf(client: pg.ClientBase, contract: TableContract, keys: readonly KeyTexts[]): Promise<bigint[]> {
  // The position stays outside of the row: a column of the key may have any name.
  const text = `SELECT (${matchOf(contract)})::text FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS a(k, n) CROSS JOIN LATERAL (SELECT ${asColumns(contract)}) AS t ORDER BY a.n`;
  const found = await client.query({ text, values: [JSON.stringify(keys)], rowMode: 'array' });
  return (found.rows as [string][]).map(([match]) => BigInt(match));
}

/** Rows by the match of their key. */
export async function rowsOf(client: pg.ClientBase, contract: TableContract, keys: readonly KeyTexts[], elements: boolean): Promise<Map<bigint, TargetRowState[]>> {
  const on = keyColumns(contract).map((column, i) => `t.${quoteIdentifier(column.target)} = w.k${i}`);
  const text = `SELECT m::text, d::text, e FROM (
      SELECT ${matchOf(contract)} AS m, ${digestExpression(contract.columns)} AS d, ${elements ? elementsList(contract) : 'NULL'} AS e
        FROM ${qualifiedName(contract.targetSchema, contract.target)} AS t
        JOIN (SELECT DISTINCT ${typed(contract, (_, i) => `k${i}`)} FROM jsonb_array_elements($1::jsonb) AS a(k)) AS w ON ${on.join(' AND ')} OFFSET 0) AS r`;
  const rows = new Map<bigint, TargetRowState[]>();
  const found = await client.query({ text, values: [JSON.stringify(keys)], rowMode: 'array' });
  for (const [match, digest, list] of found.rows as [string, string, string | null][]) {
    const state = { digest: BigInt(digest), elements: list === null ? null : list.slice(1, -1).split(',').map(BigInt) };
    const known = rows.get(BigInt(match));
    if (known === undefined) rows.set(BigInt(match), [state]);
    else known.push(state);
  }
  return rows;
}

/** Keys of a table that were written since another snapshot (`newest`), or that wait to travel. */
export async function changedSince(client: pg.ClientBase, g: Generation, contract: TableContract, newest: bigint): Promise<Set<bigint>> {
  return matchesAmong(client, contract, 'SELECT key AS k FROM causeway.back_queue WHERE migration = $1 AND table_no = $2 UNION ALL SELECT key FROM causeway.back_change WHERE migration = $1 AND table_no = $2 AND id > $3', [g.migration, contract.table, newest]);
}

/** Keys whose rows SQLite cannot hold, or not exactly: they are told as problems of the way back. */
export async function problemsOf(client: pg.ClientBase, g: Generation, contract: TableContract): Promise<Set<bigint>> {
  return matchesAmong(client, contract, 'SELECT key AS k FROM causeway.back_problem WHERE migration = $1 AND table_no = $2 AND key IS NOT NULL', [g.migration, contract.table]);
}

/**
 * Keys whose rows SQLite completes by values of its own, of those that are asked for: there may be as many as the application
 * has written. `stored`: keys as SQLite has them (see `storedKey`).
 */
export async function computedAmong(client: pg.ClientBase, g: Generation, contract: TableContract, texts: readonly KeyTexts[], stored: readonly Record<string, unknown>[]): Promise<Set<bigint>> {
  const json = (keys: readonly unknown[]): string[] => keys.map((key) => JSON.stringify(key));
  // By joins: a comparison with each of some thousand keys would be made for each row.
  const among = (column: string, keys: string): string => `SELECT c.key AS k FROM causeway.back_computed AS c JOIN unnest(${keys}::jsonb[]) AS asked (key) ON c.${column} = asked.key WHERE c.migration = $1 AND c.table_no = $2 AND c.sent_id IS NULL`;
  return matchesAmong(client, contract, `${among('key', '$3')} UNION ALL ${among('source_key', '$4')}`, [g.migration, contract.table, json(texts), json(stored)]);
}

async function matchesAmong(client: pg.ClientBase, contract: TableContract, keys: string, values: readonly unknown[]): Promise<Set<bigint>> {
  const found = await client.query({ text: `SELECT DISTINCT (${matchOf(contract)})::text FROM (SELECT ${asColumns(contract)} FROM (${keys}) AS q) AS t`, values: [...values], rowMode: 'array' });
  return new Set((found.rows as [string][]).map(([match]) => BigInt(match)));
}

/** Tables of which a problem as a whole is known: a truncation or a changed definition. */
export async function brokenTables(pool: pg.Pool, g: Generation): Promise<number[]> {
  const found = await pool.query("SELECT DISTINCT table_no FROM causeway.back_problem WHERE migration = $1 AND table_no IS NOT NULL AND kind IN ('truncate', 'ddl')", [g.migration]);
  return found.rows.map((row) => row.table_no as number);
}
