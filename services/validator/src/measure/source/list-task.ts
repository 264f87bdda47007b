/** Lists what the rows of some buckets are matched by, with their digests. */
import type { Buckets } from '../../align/buckets.ts';
import type { TableContract } from '@causeway/contracts/table-contract';
import { bucketOfRow, type BucketOfRow, matchKey } from './row-bucket.ts';
import type { RawRow, RowReading } from './row-reading.ts';
import type { ScanTask } from './scan-task.ts';

/** Pairs (match, digest), one after the other. */
export type RowList = readonly bigint[];

export class ListTask implements ScanTask<RowList> {
  private readonly buckets: Buckets;
  private readonly bucketOf: BucketOfRow;
  private readonly wanted: ReadonlySet<number>;
  private readonly pairs: bigint[] = [];
  private kept = 0;

  constructor(contract: TableContract, buckets: Buckets, wanted: readonly number[]) {
    this.buckets = buckets;
    this.bucketOf = bucketOfRow(contract, buckets);
    this.wanted = new Set(wanted);
  }

  begin(): void {
    this.pairs.length = this.kept;
  }

  row(reading: RowReading, cells: RawRow): void {
    if (!this.wanted.has(this.bucketOf(reading, cells))) return;
    this.pairs.push(matchKey(this.buckets, reading, cells), BigInt.asIntN(64, reading.row.value));
  }

  uncanonical(): void {}

  quarantined(): void {}

  keep(): void {
    this.kept = this.pairs.length;
  }

  result(): RowList {
    return this.pairs;
  }
}
