/** Contracts, key ranges and the ledger of committed blocks of one generation. */
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';

/** Bounds of a key range: rows with lo < key ≤ hi; null is minus and plus infinity. */
export interface KeyRange {
  readonly range: number;
  readonly lo: readonly KeyBound[] | null;
  readonly hi: readonly KeyBound[] | null;
}

/** One key value, exact: integers as decimal, reals as 16 hex digits, text and blob as base64. */
export interface KeyBound {
  readonly class: 'integer' | 'real' | 'text' | 'blob';
  readonly value: string;
}

export interface Generation {
  readonly migration: string;
  readonly generation: number;
}

export async function insertContracts(client: pg.ClientBase, g: Generation, contracts: readonly TableContract[]): Promise<void> {
  await client.query(
    `INSERT INTO causeway.table_contract (migration, generation, table_no, contract)
     SELECT $1, $2, (c->>'table')::int, c FROM jsonb_array_elements($3::jsonb) AS c`,
    [g.migration, g.generation, JSON.stringify(contracts)],
  );
}

export async function readContracts(pool: pg.Pool | pg.ClientBase, g: Generation): Promise<TableContract[]> {
  const result = await pool.query('SELECT contract FROM causeway.table_contract WHERE migration = $1 AND generation = $2 ORDER BY table_no', [g.migration, g.generation]);
  return result.rows.map((row) => row.contract as TableContract);
}

/** Stores the ranges of a table, once: what is there already wins, because blocks may have been published under it. */
export async function storeRanges(client: pg.ClientBase, g: Generation, table: number, ranges: readonly KeyRange[]): Promise<void> {
  const claimed = await client.query(
    'UPDATE causeway.table_contract SET range_count = $4 WHERE migration = $1 AND generation = $2 AND table_no = $3 AND range_count IS NULL',
    [g.migration, g.generation, table, ranges.length],
  );
  // Invariant: I1
  if (claimed.rowCount !== 1) return;
  await client.query(
    `INSERT INTO causeway.key_range (migration, generation, table_no, range_no, lo, hi)
     SELECT $1, $2, $3, (r->>'range')::int, nullif(r->'lo', 'null'), nullif(r->'hi', 'null') FROM jsonb_array_elements($4::jsonb) AS r`,
    [g.migration, g.generation, table, JSON.stringify(ranges)],
  );
}

/** The stored ranges of a table; null where none were planned yet. */
export async function readRanges(pool: pg.Pool, g: Generation, table: number): Promise<KeyRange[] | null> {
  const count = await pool.query('SELECT range_count FROM causeway.table_contract WHERE migration = $1 AND generation = $2 AND table_no = $3', [g.migration, g.generation, table]);
  if (count.rows[0]?.range_count == null) return null;
  const result = await pool.query(
    'SELECT range_no AS range, lo, hi FROM causeway.key_range WHERE migration = $1 AND generation = $2 AND table_no = $3 ORDER BY range_no',
    [g.migration, g.generation, table],
  );
  return result.rows as KeyRange[];
}

/** Numbers of the ranges whose blocks are committed. */
export async function committedRanges(pool: pg.Pool, g: Generation, table: number): Promise<Set<number>> {
  const result = await pool.query('SELECT range_no FROM causeway.block WHERE migration = $1 AND generation = $2 AND table_no = $3', [g.migration, g.generation, table]);
  return new Set(result.rows.map((row) => row.range_no as number));
}

export interface TableProgress {
  readonly table: number;
  readonly ranges: number | null;
  readonly blocks: number;
  readonly rows: bigint;
  readonly rejected: bigint;
  readonly bytes: bigint;
}

export async function readProgress(pool: pg.Pool | pg.ClientBase, g: Generation): Promise<TableProgress[]> {
  const result = await pool.query(
    `SELECT t.table_no AS table, t.range_count AS ranges, count(b.range_no)::int AS blocks,
            coalesce(sum(b.rows), 0)::bigint AS rows, coalesce(sum(b.rejected), 0)::bigint AS rejected, coalesce(sum(b.bytes), 0)::bigint AS bytes
       FROM causeway.table_contract t LEFT JOIN causeway.block b USING (migration, generation, table_no)
      WHERE t.migration = $1 AND t.generation = $2 GROUP BY t.table_no, t.range_count ORDER BY t.table_no`,
    [g.migration, g.generation],
  );
  return result.rows as TableProgress[];
}

export async function recordTiming(pool: pg.Pool | pg.ClientBase, g: Generation, name: string, seconds: number): Promise<void> {
  await pool.query(
    `INSERT INTO causeway.timing (migration, generation, name, seconds) VALUES ($1, $2, $3, $4)
     ON CONFLICT (migration, generation, name) DO UPDATE SET seconds = excluded.seconds, at = clock_timestamp()`,
    [g.migration, g.generation, name, seconds],
  );
}
