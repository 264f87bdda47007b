/** The SQL that reads a key range of a table: fast (values as they come) and exact (with classes and stored bytes). */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { KeyBound, KeyRange } from '@causeway/control/record/table-record';
import { type ExactRow, identityExpression, readExactWhere } from '@causeway/control/source/read-exact';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';

/** Columns of the order: the rowid, or the primary key of a WITHOUT ROWID table. Empty: read in one range. */
export function orderColumns(contract: TableContract): readonly string[] {
  if (contract.order.kind === 'primary') return contract.order.columns;
  return contract.order.alias === null ? [] : [contract.order.alias];
}

/** A bound as a statement's parameter; text goes as bytes, because not every text is valid UTF-8. */
export function bindBound(bound: KeyBound): bigint | number | Buffer {
  switch (bound.class) {
    case 'integer':
      return BigInt(bound.value);
    case 'real':
      return Buffer.from(bound.value, 'hex').readDoubleBE(0);
    default:
      return Buffer.from(bound.value, 'base64');
  }
}

const placeholder = (bound: KeyBound): string => (bound.class === 'text' ? 'CAST(? AS TEXT)' : '?');

export interface RangeWhere {
  readonly sql: string;
  readonly values: (bigint | number | Buffer)[];
}

/** lo < key ≤ hi, with row values for composite keys. */
export function whereRange(contract: TableContract, range: Pick<KeyRange, 'lo' | 'hi'>): RangeWhere {
  const names = orderColumns(contract).map(quoteIdentifier);
  const left = names.length === 1 ? (names[0] as string) : `(${names.join(', ')})`;
  const conditions: string[] = [];
  const values: (bigint | number | Buffer)[] = [];
  const add = (operator: string, bounds: readonly KeyBound[]): void => {
    const right = bounds.map(placeholder);
    conditions.push(`${left} ${operator} ${right.length === 1 ? right[0] : `(${right.join(', ')})`}`);
    values.push(...bounds.map(bindBound));
  };
  if (range.lo !== null) add('>', range.lo);
  if (range.hi !== null) add('<=', range.hi);
  const order = names.length === 0 ? '' : ` ORDER BY ${names.join(', ')}`;
  return { sql: `${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}${order}`, values };
}

const cache = new WeakMap<SourceDatabase, Map<string, ReturnType<SourceDatabase['prepare']>>>();

/** Prepared once a shape: a table has up to four shapes of range (both bounds, one, none). */
export function prepared(db: SourceDatabase, sql: string): ReturnType<SourceDatabase['prepare']> {
  let statements = cache.get(db);
  if (statements === undefined) cache.set(db, (statements = new Map()));
  let statement = statements.get(sql);
  if (statement === undefined) statements.set(sql, (statement = db.prepare(sql).raw()));
  return statement;
}

/** `SELECT cells FROM table` for the fast path; a keyless table's rowid comes first. */
export function selectFast(contract: TableContract): string {
  const identity = contract.keyless ? [identityExpression(contract)] : [];
  const list = [...identity, ...contract.columns.map((c) => quoteIdentifier(c.source))].join(', ');
  return `SELECT ${list} FROM ${quoteIdentifier(contract.source)}`;
}

/** Reads a range again with classes and bytes; rows are in the same order as the fast path's. */
export function readExact(db: SourceDatabase, contract: TableContract, range: Pick<KeyRange, 'lo' | 'hi'>): ExactRow[] {
  return readExactWhere(db, contract, whereRange(contract, range));
}
