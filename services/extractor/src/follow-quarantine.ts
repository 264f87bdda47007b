/**
 * Completes quarantine entries of a live migration, which the loader could only describe by the row's key: the row is
 * read by it, and gives its original classes and bytes. A row that has changed or gone since has an entry of its own
 * under way, or none: its old entry leaves with that change.
 */
import { type ExactCell, exactCellJson } from '@causeway/contracts/source-value';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import { LIVE_RANGE, type StoredCell, storedName } from '@causeway/control/record/quarantine-record';
import type { Generation } from '@causeway/control/record/table-record';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type pg from 'pg';
import { exactRowCells } from '@causeway/control/source/exact-cells';
import { readExactWhere } from '@causeway/control/source/read-exact';
import type { TextDecoding } from '@causeway/control/source/text-decoding';

type StoredKey = Readonly<Record<string, StoredCell>>;

/** Cheap where there is nothing to complete: one look into an index of the control record. Call it when idle. */
export async function completeLiveQuarantine(pool: pg.Pool, g: Generation, db: SourceDatabase, contracts: readonly TableContract[], decode: TextDecoding): Promise<number> {
  const open = await pool.query('SELECT id, table_no AS "table", key FROM causeway.quarantine WHERE migration = $1 AND generation = $2 AND range_no = $3 AND cells IS NULL ORDER BY id LIMIT 100', [
    g.migration,
    g.generation,
    LIVE_RANGE,
  ]);
  let completed = 0;
  for (const entry of open.rows as { id: bigint; table: number; key: StoredKey }[]) {
    const contract = contracts.find((c) => c.table === entry.table);
    if (contract === undefined) continue;
    const values = valuesOf(db, contract, entry.key, decode);
    if (values === null) continue;
    const cells = JSON.stringify(Object.fromEntries(values.map((cell) => [storedName(cell.name), exactCellJson(cell)])));
    completed += (await pool.query('UPDATE causeway.quarantine SET cells = $2 WHERE id = $1 AND key = $3', [entry.id, cells, JSON.stringify(entry.key)])).rowCount ?? 0;
  }
  return completed;
}

/** Null where the source has no such row now. */
function valuesOf(db: SourceDatabase, contract: TableContract, key: StoredKey, decode: TextDecoding): readonly ExactCell[] | null {
  const names = contract.keyless ? ['rowid'] : contract.key;
  const wanted = names.map((name) => key[storedName(name)] as StoredCell);
  const columns = contract.keyless ? [contract.order.kind === 'rowid' ? contract.order.alias : null] : contract.key;
  if (columns.some((name) => name === null)) return null;
  const where = {
    sql: ` WHERE ${columns.map((name, i) => `${quoteIdentifier(name as string)} = ${wanted[i]?.class === 'text' ? 'CAST(? AS TEXT)' : '?'}`).join(' AND ')}`,
    values: wanted.map(bound),
  };
  // A column's collation may find more than the very bytes.
  for (const row of readExactWhere(db, contract, where)) {
    const cells = exactRowCells(contract, row, decode);
    if (cells.key.every((cell, i) => cell.class === wanted[i]?.class && Buffer.from(cell.bytes).toString('base64') === wanted[i]?.base64)) return cells.values;
  }
  return null;
}

function bound(cell: StoredCell): bigint | number | Buffer {
  const bytes = Buffer.from(cell.base64, 'base64');
  if (cell.class === 'integer') return BigInt(bytes.toString());
  return cell.class === 'real' ? bytes.readDoubleBE(0) : bytes;
}
