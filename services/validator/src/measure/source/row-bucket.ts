/** Finds the bucket of a source row by the rule of align/buckets.ts. */
import type { Buckets } from '../../align/buckets.ts';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { RawRow, RowReading } from './row-reading.ts';

/** Reads the bucket of the row that was just digested and finished. */
export type BucketOfRow = (reading: RowReading, cells: RawRow) => number;

export function bucketOfRow(contract: TableContract, buckets: Buckets): BucketOfRow {
  if (buckets.kind === 'key') {
    const column = contract.columns.findIndex((c) => c.source === contract.key[0]);
    const size = 2 ** buckets.shift;
    return (_, cells) => Math.floor(Number(cells[column]) / size);
  }
  const shift = buckets.shift - 32;
  if (buckets.kind === 'rowHash') return (reading) => reading.row.high >> shift;
  return (reading, cells) => {
    reading.readKey(cells);
    return reading.key.high >> shift;
  };
}

/** What rows of both sides are matched by: the key's elements, or the row's digest where there is no key. */
export function matchKey(buckets: Buckets, reading: RowReading, cells: RawRow): bigint {
  if (buckets.kind === 'rowHash') return BigInt.asIntN(64, reading.row.value);
  reading.readKey(cells);
  return BigInt.asIntN(64, reading.key.value);
}
