/**
 * The rows of a slice, a page of keys at a time: taking a page whole costs two thirds of taking its rows one by one. A
 * page that would be large in memory, which SQLite tells without reading the values, comes row by row.
 */
import type { Slice } from '../../align/slice.ts';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { ReadMode } from './cell-reader.ts';
import type { RawRow } from './row-reading.ts';
import { selectRows } from './source-statement.ts';

const PAGE_ROWS = 1_024;
const PAGE_BYTES = 4 * 1024 * 1024;

export function* rowPages(db: SourceDatabase, contract: TableContract, mode: ReadMode, slice: Slice): Generator<Iterable<RawRow>> {
  const statement = db.prepare(selectRows(contract, mode, slice)).raw().safeIntegers(mode !== 'plain');
  if (slice.column === null) {
    yield statement.iterate() as IterableIterator<RawRow>;
    return;
  }
  const size = db.prepare(selectSize(contract, slice.column)).raw();
  // Keys may be sparse: what counts is how many rows a page has turned out to hold.
  let width = BigInt(PAGE_ROWS);
  let low = slice.low;
  while (low <= slice.high) {
    const end = low + width - 1n;
    const high = end < slice.high ? end : slice.high;
    const [rows, bytes] = size.get(low, high) as [number, number];
    const small = bytes <= PAGE_BYTES && rows <= 2 * PAGE_ROWS;
    if (rows > 0) yield (small ? statement.all(low, high) : statement.iterate(low, high)) as Iterable<RawRow>;
    low = high + 1n;
    if (rows < PAGE_ROWS / 2) width *= 2n;
    else if (!small && width > 1n) width /= 2n;
  }
}

function selectSize(contract: TableContract, column: string): string {
  const bulky = contract.columns.filter((c) => ['text', 'bytea', 'jsonb'].includes(c.type.kind)).map((c) => `coalesce(octet_length(${quoteIdentifier(c.source)}), 0)`);
  return `SELECT count(*), ${bulky.length === 0 ? '0' : `coalesce(sum(${bulky.join(' + ')}), 0)`} FROM ${quoteIdentifier(contract.source)} WHERE ${quoteIdentifier(column)} BETWEEN ? AND ?`;
}
