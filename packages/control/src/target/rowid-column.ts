/**
 * The identity that rows without a key carry while the migration runs. At its end it goes; of a full-text table it stays,
 * as `rowid`: applications join by it, as in `document.id = words.rowid`.
 */
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import { ROWID_COLUMN, type TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import type { Generation } from '../record/table-record.ts';

const KEPT_AS = 'rowid';

/** In the caller's transaction. Idempotent. */
export async function endRowids(client: pg.ClientBase, g: Generation, contracts: readonly TableContract[]): Promise<void> {
  const keyless = contracts.filter((c) => c.keyless);
  if (keyless.length === 0) return;
  const found = await client.query(
    // An index of another table's text has no rows of its own.
    `SELECT table_no FROM causeway.schema_object WHERE migration = $1 AND generation = $2 AND kind = 'fulltext' AND source_sql ~* '^\\s*create\\s+virtual' AND source_sql !~* '\\ycontent\\s*='`,
    [g.migration, g.generation],
  );
  const fullText = new Set(found.rows.map((row) => row.table_no as number));
  for (const contract of keyless) await endRowid(client, contract, fullText.has(contract.table) && !contract.columns.some((c) => c.target === KEPT_AS));
}

async function endRowid(client: pg.ClientBase, contract: TableContract, keep: boolean): Promise<void> {
  const table = qualifiedName(contract.targetSchema, contract.target);
  if (!keep) {
    await client.query(`ALTER TABLE ${table} DROP COLUMN IF EXISTS ${quoteIdentifier(ROWID_COLUMN)}`);
    return;
  }
  const there = await client.query('SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2 AND NOT attisdropped', [table, ROWID_COLUMN]);
  if (there.rowCount === 0) return;
  await client.query(`ALTER TABLE ${table} RENAME COLUMN ${quoteIdentifier(ROWID_COLUMN)} TO ${quoteIdentifier(KEPT_AS)}`);
  await client.query(`ALTER TABLE ${table} ADD PRIMARY KEY (${quoteIdentifier(KEPT_AS)})`);
}
