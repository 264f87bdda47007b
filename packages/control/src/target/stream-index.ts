/** An index by which the change stream finds its rows, where no key serves it; the end of the migration removes it. */
import { quoteIdentifier, qualifiedName } from '@causeway/contracts/identifier';
import { ROWID_COLUMN, type TableContract } from '@causeway/contracts/table-contract';
import { isConnectionError } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';

export const STREAM_INDEX = (contract: Pick<TableContract, 'table'>): string => `causeway_stream_${contract.table}`;

/** Of the rowid that a keyless table carries, or of the key's columns where the table has no index that begins with them. */
export async function makeStreamIndex(pool: pg.Pool, contract: TableContract): Promise<void> {
  const columns = contract.keyless ? [ROWID_COLUMN] : contract.key.map((name) => contract.columns.find((c) => c.source === name)?.target as string);
  const table = qualifiedName(contract.targetSchema, contract.target);
  if (await hasIndex(pool, table, columns)) return;
  const name = quoteIdentifier(STREAM_INDEX(contract));
  const list = columns.map(quoteIdentifier).join(', ');
  try {
    await pool.query(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} (${list})`);
  } catch (error) {
    // 54000: a value too long for a B-tree. The stream then reads the whole table for each batch: slow, and right.
    if (isConnectionError(error) || (error as { code?: string }).code !== '54000') throw error;
  }
}

async function hasIndex(pool: pg.Pool, table: string, columns: readonly string[]): Promise<boolean> {
  const result = await pool.query(
    `SELECT 1 FROM pg_index i WHERE i.indrelid = to_regclass($1) AND i.indisvalid AND i.indpred IS NULL
        AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:$3::int - 1]))
          = (SELECT array_agg(c ORDER BY c) FROM unnest($2::text[]) c)`,
    [table, columns, columns.length],
  );
  return (result.rowCount ?? 0) > 0;
}

export async function dropStreamIndexes(client: pg.ClientBase, contracts: readonly Pick<TableContract, 'targetSchema' | 'table'>[]): Promise<void> {
  for (const contract of contracts) await client.query(`DROP INDEX IF EXISTS ${qualifiedName(contract.targetSchema, STREAM_INDEX(contract))}`);
}
