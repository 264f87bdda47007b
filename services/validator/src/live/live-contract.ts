/**
 * The contract as the live checks see it: every row has a key. A table without one is named by its rowid, which the
 * target holds in an identity column while the migration runs.
 */
import { ROWID_COLUMN, type TableContract } from '@causeway/contracts/table-contract';

/** Name of the rowid in stored keys, whatever alias the table leaves free. */
export const ROWID_NAME = 'rowid';

/** Null where rows cannot be named while they change: a table without a key whose columns shadow the rowid. */
export function liveContract(contract: TableContract): TableContract | null {
  if (contract.key.length > 0) return contract;
  const alias = contract.order.kind === 'rowid' ? contract.order.alias : null;
  if (alias === null) return null;
  const rowid = { source: alias, target: ROWID_COLUMN, type: { kind: 'int8' }, form: 'plain', notNull: true } as const;
  return { ...contract, columns: [rowid, ...contract.columns], key: [alias] };
}

/** The names under which a key's cells are stored: in the quarantine, and in the record of divergences. */
export function storedKeyNames(contract: TableContract): readonly string[] {
  return contract.keyless ? [ROWID_NAME] : contract.key;
}

/** The key is one integer column: both sides reach a range of it by an index. */
export function hasIntegerKey(contract: TableContract): boolean {
  const [name, ...more] = contract.key;
  const column = contract.columns.find((c) => c.source === name);
  return more.length === 0 && column !== undefined && ['int2', 'int4', 'int8'].includes(column.type.kind) && column.form === 'plain';
}
