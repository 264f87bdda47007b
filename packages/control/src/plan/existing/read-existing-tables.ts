/** Reads the target's tables from its catalogue, everything of one schema at once. Changes nothing. */
import { ROWID_COLUMN } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import type { ExistingColumn, ExistingTable } from './existing-tables.ts';

const UNUSABLE: Record<string, string> = { p: 'a partitioned table', v: 'a view', m: 'a materialized view', f: 'a foreign table' };

/** `causeway_rowid` is left out: a run that was stopped may have added it, and the end of the next removes it. */
const COLUMNS = `
  SELECT c.relname AS "table", c.relkind AS kind, c.relispartition AS partition, a.attname AS name,
         format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS "notNull",
         (a.atthasdef OR a.attidentity <> '') AS "hasDefault", a.attgenerated <> '' AS generated
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> $2
   WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   ORDER BY c.relname, a.attnum`;

export async function readExistingTables(pool: pg.Pool, schema: string): Promise<ExistingTable[]> {
  const result = await pool.query(COLUMNS, [schema, ROWID_COLUMN]);
  const tables = new Map<string, { name: string; unusable: string | null; columns: ExistingColumn[] }>();
  for (const row of result.rows) {
    const unusable = row.partition ? 'a partition' : (UNUSABLE[row.kind] ?? null);
    const table = tables.get(row.table) ?? { name: row.table as string, unusable, columns: [] };
    tables.set(row.table, table);
    if (row.name === null) continue;
    const { name, type, notNull, hasDefault, generated } = row;
    table.columns.push({ name, type, notNull, hasDefault, generated });
  }
  return [...tables.values()];
}
