/** How the present rows of queued keys are read: one statement a table, every cell as a text of the pinned session. */
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import { postgresTypeName } from '@causeway/contracts/logical-type';
import { ROWID_COLUMN, type TableContract } from '@causeway/contracts/table-contract';
import { backKeyColumns } from '@causeway/control/target/reverse-capture-sql';

/** Columns of a fetched row: the key as queued, whether the row exists, then the identity of a keyless table and the cells. */
export const KEY_AT = 0;
export const EXISTS_AT = 1;
export const CELLS_AT = 2;

/** $1 migration, $2 number of the table. One line for each key and row. */
export function backSelect(contract: TableContract): string {
  const identity = contract.keyless ? [ROWID_COLUMN] : [];
  const cells = [...identity, ...contract.columns.map((c) => c.target)].map((name) => `t.${quoteIdentifier(name)}::text`);
  const match = backKeyColumns(contract)
    .map((column, i) => `t.${quoteIdentifier(column.target)} = (q.key->>${i})::${postgresTypeName(column.type)}`)
    .join(' AND ');
  return `SELECT q.key::text, t.tableoid IS NOT NULL, ${cells.join(', ')}
            FROM (SELECT DISTINCT key FROM causeway.back_queue WHERE migration = $1 AND table_no = $2) q
            LEFT JOIN ${qualifiedName(contract.targetSchema, contract.target)} t ON ${match}`;
}
