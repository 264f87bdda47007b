/**
 * Why one cannot go back without losing something. Each of these turns the rollback gate red; none of them is ever an
 * error inside the application, which goes on with PostgreSQL.
 * - truncate: rows vanished without a trace in the queue
 * - ddl: a captured table, or what lies beside it, is no longer as it was
 * - gap: the transport lost messages; which rows they held is not known
 * - unrepresentable: a cell that does not travel (NaN in a numeric, infinity in a date …); the row stays old in SQLite
 * - inexact: SQLite holds the nearest value, not the same one
 * - refused: SQLite's own constraints refuse the row; it is tried again
 * The last three end by themselves when the row is written again with a value that fits.
 */
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import type { Generation } from '../record/table-record.ts';
import { readContracts } from '../record/table-record.ts';
import { catalogueDifferences } from './catalogue-mark.ts';

export type RowProblemKind = 'unrepresentable' | 'inexact' | 'refused';
export type BackProblemKind = 'truncate' | 'ddl' | 'gap' | RowProblemKind;

export interface BackProblem {
  readonly kind: BackProblemKind;
  /** Number of the table; null where it is none of the captured ones. */
  readonly table: number | null;
  /** Column in SQLite. */
  readonly column: string | null;
  /** Without row values. */
  readonly detail: string;
  /** Rows concerned; for truncate and ddl how often it was seen. */
  readonly count: number;
  /** One of the rows, as the queue has its key; null where it is not about rows. */
  readonly key: readonly (string | null)[] | null;
}

/** A row's problem: key as the queue has it. */
export interface RowProblem {
  readonly table: number;
  readonly key: readonly (string | null)[];
  readonly kind: RowProblemKind;
  readonly column: string | null;
  readonly detail: string;
}

/** All that stands open; empty: the way back is exact. */
export async function backProblems(client: pg.Pool | pg.ClientBase, migration: string): Promise<BackProblem[]> {
  const present = await client.query("SELECT to_regclass('causeway.back_problem') IS NOT NULL AS present");
  if (!present.rows[0].present) return [];
  const recorded = await client.query(
    'SELECT kind, table_no AS "table", column_name AS "column", detail, count(*)::int AS count, (array_agg(key ORDER BY id))[1] AS key FROM causeway.back_problem WHERE migration = $1 GROUP BY kind, table_no, column_name, detail ORDER BY 2, 1, 3, 4',
    [migration],
  );
  const live = await client.query('SELECT migration, generation FROM causeway.live WHERE migration = $1', [migration]);
  const g = live.rows[0] as Generation | undefined;
  const found = recorded.rows as BackProblem[];
  if (g === undefined) return found;
  const ddl = await catalogueDifferences(client, migration, await readContracts(client, g));
  // What the reader has seen and written down already is not told twice.
  const fresh = ddl.filter((d) => !found.some((f) => f.kind === 'ddl' && f.table === d.table && f.detail === d.detail));
  return [...found, ...fresh.map((d): BackProblem => ({ kind: 'ddl', table: d.table, column: null, detail: d.detail, count: 1, key: null }))];
}

/** Writes down differences in the catalogue, so that they stay known when somebody undoes them. Idempotent. */
export async function recordCatalogueProblems(client: pg.Pool | pg.ClientBase, migration: string, contracts: readonly TableContract[]): Promise<number> {
  const found = await catalogueDifferences(client, migration, contracts);
  for (const { table, detail } of found) {
    await client.query(
      `INSERT INTO causeway.back_problem (migration, table_no, kind, detail) SELECT $1, $2::int, 'ddl', $3::text
        WHERE NOT EXISTS (SELECT 1 FROM causeway.back_problem WHERE migration = $1 AND table_no IS NOT DISTINCT FROM $2::int AND kind = 'ddl' AND detail = $3::text)`,
      [migration, table, detail],
    );
  }
  return found.length;
}

/** Idempotent. */
export async function recordBackGap(client: pg.Pool | pg.ClientBase, migration: string): Promise<void> {
  await client.query(
    `INSERT INTO causeway.back_problem (migration, kind, detail) SELECT $1, 'gap', 'the transport lost messages of the way back'
      WHERE NOT EXISTS (SELECT 1 FROM causeway.back_problem WHERE migration = $1 AND kind = 'gap')`,
    [migration],
  );
}

/** Replaces what is known of these keys, of these kinds, by what was found now. */
export async function replaceRowProblems(client: pg.ClientBase, migration: string, kinds: readonly RowProblemKind[], keys: readonly Pick<RowProblem, 'table' | 'key'>[], found: readonly RowProblem[]): Promise<void> {
  await client.query(
    `DELETE FROM causeway.back_problem p USING jsonb_array_elements($3::jsonb) AS k WHERE p.migration = $1 AND p.kind = ANY ($2) AND p.table_no = (k->>'table')::int AND p.key = k->'key'`,
    [migration, kinds, JSON.stringify(keys.map(({ table, key }) => ({ table, key })))],
  );
  if (found.length === 0) return;
  await client.query(
    `INSERT INTO causeway.back_problem (migration, table_no, kind, key, column_name, detail)
     SELECT $1, (p->>'table')::int, p->>'kind', p->'key', p->>'column', p->>'detail' FROM jsonb_array_elements($2::jsonb) AS p`,
    [migration, JSON.stringify(found)],
  );
}
