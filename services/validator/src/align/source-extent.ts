/** How a table of the source is cut into slices, and the bounds of its key. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { KeyBounds } from './buckets.ts';

export interface SourceExtent {
  /** Null: the key is not one integer column in which every value is an integer. */
  readonly key: KeyBounds | null;
  /** Column to slice the reading by, with its bounds; null: one reading takes all. */
  readonly order: (KeyBounds & { readonly column: string }) | null;
}

export function sourceExtent(db: SourceDatabase, contract: TableContract): SourceExtent {
  const alias = contract.order.kind === 'rowid' ? contract.order.alias : null;
  const order = alias === null ? null : bounds(db, contract.source, alias);
  return { key: integerKey(db, contract), order: order === null || alias === null ? null : { ...order, column: alias } };
}

function integerKey(db: SourceDatabase, contract: TableContract): KeyBounds | null {
  const [name, ...more] = contract.key;
  const column = contract.columns.find((c) => c.source === name);
  if (name === undefined || more.length > 0 || column === undefined || !column.type.kind.startsWith('int') || column.type.kind === 'interval') return null;
  const nulls = db.prepare(`SELECT 1 FROM ${quoteIdentifier(contract.source)} WHERE ${quoteIdentifier(name)} IS NULL LIMIT 1`).get();
  return nulls === undefined ? bounds(db, contract.source, name) : null;
}

/** Two subqueries, because SQLite reaches for an index only where it is asked for one of the two. */
function bounds(db: SourceDatabase, table: string, column: string): KeyBounds | null {
  const [from, name] = [quoteIdentifier(table), quoteIdentifier(column)];
  const row = db.prepare(`SELECT (SELECT min(${name}) FROM ${from}), (SELECT max(${name}) FROM ${from})`).raw().safeIntegers().get() as unknown[];
  const [low, high] = row;
  return typeof low === 'bigint' && typeof high === 'bigint' ? { low, high } : null;
}
