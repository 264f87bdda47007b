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

export interface StoredRanges {
  readonly ranges: readonly KeyRange[];
  /** They tile the table's key space; else the next slice goes behind the last of them. */
  readonly complete: boolean;
}

/** Stores a slice of a table's ranges behind those that are there. What is there already wins, because blocks may have been published under it. */
export async function storeRanges(client: pg.ClientBase, g: Generation, table: number, slice: StoredRanges): Promise<void> {
  const { ranges, complete } = slice;
  // The row lock lets one extractor at a time see how far the ranges go.
  const locked = await client.query('SELECT range_count FROM causeway.table_contract WHERE migration = $1 AND generation = $2 AND table_no = $3 FOR NO KEY UPDATE', [g.migration, g.generation, table]);
  // Invariant: I1
  if (locked.rows[0]?.range_count !== null) return;
  const inserted = await client.query(
    `INSERT INTO causeway.key_range (migration, generation, table_no, range_no, lo, hi)
     SELECT $1, $2, $3, (r->>'range')::int, nullif(r->'lo', 'null'), nullif(r->'hi', 'null') FROM jsonb_array_elements($4::jsonb) AS r
      WHERE (SELECT count(*) FROM causeway.key_range WHERE migration = $1 AND generation = $2 AND table_no = $3) = $5`,
    [g.migration, g.generation, table, JSON.stringify(ranges), ranges[0]?.range],
  );
  if (!complete || inserted.rowCount !== ranges.length) return;
  await client.query('UPDATE causeway.table_contract SET range_count = $4 WHERE migration = $1 AND generation = $2 AND table_no = $3', [
    g.migration,
    g.generation,
    table,
    (ranges.at(-1) as KeyRange).range + 1,
  ]);
}

/** The stored ranges of a table, from a range on. */
export async function readRanges(pool: pg.Pool, g: Generation, table: number, from = 0): Promise<StoredRanges> {
  // Together: a slice that is stored in between would make the two disagree.
  const result = await pool.query(
    `SELECT t.range_count AS count, r.range_no AS range, r.lo, r.hi FROM causeway.table_contract t
       LEFT JOIN causeway.key_range r ON (r.migration, r.generation, r.table_no) = (t.migration, t.generation, t.table_no) AND r.range_no >= $4
      WHERE t.migration = $1 AND t.generation = $2 AND t.table_no = $3 ORDER BY r.range_no`,
    [g.migration, g.generation, table, from],
  );
  const ranges = result.rows.filter((row) => row.range !== null).map(({ range, lo, hi }): KeyRange => ({ range, lo, hi }));
  return { ranges, complete: result.rows.length > 0 && result.rows[0].count !== null };
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
