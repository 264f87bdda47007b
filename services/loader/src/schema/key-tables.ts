/**
 * Primary keys and statistics, table by table as each becomes complete. A key that PostgreSQL cannot hold (NULLs or
 * duplicates that SQLite allowed, an index row too large) is reported, never a reason to lose the rows.
 */
import { quoteIdentifier, qualifiedName } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { Generation } from '@causeway/control/record/table-record';
import { recordObject } from '@causeway/control/record/object-record';
import { makeStreamIndex } from '@causeway/control/target/stream-index';
import { inTransaction, messageOf } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';

/** Numbers of the tables whose ranges are all committed and that have no key yet. */
export async function tablesToKey(pool: pg.Pool, g: Generation): Promise<number[]> {
  const result = await pool.query(
    `SELECT t.table_no FROM causeway.table_contract t
      WHERE t.migration = $1 AND t.generation = $2 AND t.keyed_at IS NULL AND t.range_count IS NOT NULL
        AND t.range_count = (SELECT count(*) FROM causeway.block b WHERE (b.migration, b.generation, b.table_no) = (t.migration, t.generation, t.table_no))
      ORDER BY t.table_no`,
    [g.migration, g.generation],
  );
  return result.rows.map((row) => row.table_no as number);
}

/** The application's own tables keep the key that they have, or have none. */
export async function keyTable(pool: pg.Pool, g: Generation, contract: TableContract, schema: 'create' | 'existing', live: boolean): Promise<void> {
  const name = qualifiedName(contract.targetSchema, contract.target);
  const sql = schema === 'existing' ? null : primaryKeySql(contract);
  const problem = sql === null ? null : await makeKey(pool, sql);
  // A copy of a moving source may hold a key twice until the changes since its beginning are applied: then the stream
  // gets an index, and the key comes with the other constraints.
  const later = live && problem?.code === '23505';
  if (live && (sql === null || problem !== null)) await makeStreamIndex(pool, contract);
  await inTransaction(pool, async (client) => {
    await client.query(`ANALYZE ${name}`);
    if (sql !== null) {
      const state = problem === null ? 'made' : later ? 'planned' : 'failed';
      await recordObject(client, g, { kind: 'primary_key', table: contract.table, name: contract.target, fidelity: problem === null || later ? 'exact' : 'needs_decision', sourceSql: null, targetSql: sql, notes: problem === null || later ? '' : messageOf(problem), state });
    }
    await client.query('UPDATE causeway.table_contract SET keyed_at = clock_timestamp() WHERE migration = $1 AND generation = $2 AND table_no = $3', [g.migration, g.generation, contract.table]);
  });
}

/** Null where the key stands; else PostgreSQL's error about the data. */
async function makeKey(pool: pg.Pool, sql: string): Promise<{ code: string } | null> {
  try {
    await pool.query(sql);
  } catch (error) {
    const { code } = error as { code?: string };
    // 42P16: the key is there already, from before a restart.
    if (code !== '42P16' && !['23', '54', '42'].some((prefix) => code?.startsWith(prefix))) throw error;
    if (code !== '42P16') return error as { code: string };
  }
  return null;
}

export function primaryKeySql(contract: TableContract): string | null {
  if (contract.key.length === 0) return null;
  // Unique over all partitions is only what holds the column that they are made by.
  const names = contract.partition === undefined || contract.key.includes(contract.partition.column) ? contract.key : [...contract.key, contract.partition.column];
  const columns = names.map((name) => contract.columns.find((c) => c.source === name)?.target as string);
  return `ALTER TABLE ${qualifiedName(contract.targetSchema, contract.target)} ADD PRIMARY KEY (${columns.map(quoteIdentifier).join(', ')})`;
}
