/**
 * What a captured table looks like in the catalogue: its columns, and our triggers with the transaction that last
 * changed them. Whoever switches a trigger off and on again leaves another transaction there, so that needs no event
 * trigger (which only a superuser may make). Compared on every look; a difference is a problem of the way back.
 */
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import { CAPTURE_TRIGGER, TRUNCATE_TRIGGER } from './reverse-capture-sql.ts';

type Tables = readonly Pick<TableContract, 'table' | 'targetSchema' | 'target'>[];

/** The mark of what lies beside the captured tables has this number. */
export const BESIDE = -1;

const MARKS = `
SELECT w.table_no,
       jsonb_build_object(
         'oid', c.oid::bigint,
         'columns', (SELECT jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated) ORDER BY a.attnum)
                       FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
         'triggers', (SELECT jsonb_agg(jsonb_build_array(t.tgname, t.tgenabled, t.xmin::text) ORDER BY t.tgname)
                        FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = ANY ($4))
       ) AS mark
  FROM unnest($1::int[], $2::text[], $3::text[]) AS w (table_no, schema_name, table_name)
  LEFT JOIN pg_namespace n ON n.nspname = w.schema_name
  LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.table_name
UNION ALL
SELECT ${BESIDE}, jsonb_build_object('beside', coalesce((
         SELECT jsonb_agg(n.nspname || '.' || c.relname ORDER BY c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY ($2)), '[]'))`;

/** Number of the table → its mark. */
async function presentMarks(client: pg.Pool | pg.ClientBase, contracts: Tables): Promise<Map<number, unknown>> {
  const result = await client.query(MARKS, [contracts.map((c) => c.table), contracts.map((c) => c.targetSchema), contracts.map((c) => c.target), [CAPTURE_TRIGGER, TRUNCATE_TRIGGER]]);
  return new Map(result.rows.map((row) => [row.table_no as number, row.mark as unknown]));
}

/** Keeps the present marks, in the transaction that installs the capture. */
export async function storeMarks(client: pg.ClientBase, migration: string, contracts: Tables): Promise<void> {
  const marks = [...(await presentMarks(client, contracts))].map(([table, mark]) => ({ table, mark }));
  await client.query('DELETE FROM causeway.back_capture WHERE migration = $1', [migration]);
  await client.query(`INSERT INTO causeway.back_capture (migration, table_no, mark) SELECT $1, (m->>'table')::int, m->'mark' FROM jsonb_array_elements($2::jsonb) AS m`, [migration, JSON.stringify(marks)]);
}

export interface CatalogueDifference {
  /** Null for what lies beside the captured tables. */
  readonly table: number | null;
  readonly detail: string;
}

interface Mark {
  readonly oid?: number | null;
  readonly columns?: readonly unknown[] | null;
  readonly triggers?: readonly (readonly [string, string, string])[] | null;
  readonly beside?: readonly string[];
}

export async function catalogueDifferences(client: pg.Pool | pg.ClientBase, migration: string, contracts: Tables): Promise<CatalogueDifference[]> {
  const stored = await client.query('SELECT table_no, mark FROM causeway.back_capture WHERE migration = $1', [migration]);
  if (stored.rows.length === 0) return [];
  const present = await presentMarks(client, contracts);
  return stored.rows.flatMap((row) => differences(row.table_no as number, row.mark as Mark, (present.get(row.table_no) ?? {}) as Mark));
}

function differences(table: number, was: Mark, is: Mark): CatalogueDifference[] {
  if (table === BESIDE) {
    const fresh = (is.beside ?? []).filter((name) => !was.beside?.includes(name));
    return fresh.map((name) => ({ table: null, detail: `table ${name} was made; its rows do not travel back` }));
  }
  if (is.oid === null || is.oid === undefined) return [{ table, detail: 'the table was dropped or renamed' }];
  if (is.oid !== was.oid) return [{ table, detail: 'the table was made anew' }];
  const out: CatalogueDifference[] = [];
  if (JSON.stringify(is.columns) !== JSON.stringify(was.columns)) out.push({ table, detail: 'columns were added, dropped or changed' });
  if (JSON.stringify(is.triggers) !== JSON.stringify(was.triggers)) out.push({ table, detail: 'the capture was switched off, at least for a time' });
  return out;
}
