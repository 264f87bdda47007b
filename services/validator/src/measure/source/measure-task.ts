/** Counts rows and sums their digests per bucket. */
import { addSums, type BucketSum, BucketSums } from '../../align/bucket-sums.ts';
import type { Buckets } from '../../align/buckets.ts';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import { CANONICAL } from './cell-reader.ts';
import { bucketOfRow, type BucketOfRow } from './row-bucket.ts';
import type { RawRow, RowReading } from './row-reading.ts';
import type { ScanTask } from './scan-task.ts';

export interface UncanonicalRow {
  readonly cells: readonly ExactCell[];
  readonly column: number;
  /** What the target's row of the same key is matched by; null where the key itself has no canonical form. */
  readonly match: bigint | null;
}

export interface SourceMeasure {
  /** All rows, those in the quarantine included. */
  readonly rows: number;
  readonly quarantined: number;
  readonly uncanonical: number;
  /** The first of them. */
  readonly samples: readonly UncanonicalRow[];
  /** By column: values that are others by their policy. */
  readonly explained: readonly number[];
  readonly sums: readonly [bucket: number, BucketSum][];
}

interface Attempt {
  rows: number;
  quarantined: number;
  uncanonical: number;
  samples: UncanonicalRow[];
  explained: number[];
}

const nothing = (columns: number): Attempt => ({ rows: 0, quarantined: 0, uncanonical: 0, samples: [], explained: new Array<number>(columns).fill(0) });

export class MeasureTask implements ScanTask<SourceMeasure> {
  private readonly buckets: Buckets;
  private readonly bucketOf: BucketOfRow;
  private readonly limit: number;
  private readonly columns: number;
  private readonly kept: Attempt;
  private readonly keptSums = new Map<number, BucketSum>();
  private attempt: Attempt;
  private sums: BucketSums;

  constructor(contract: TableContract, buckets: Buckets, limit: number) {
    this.buckets = buckets;
    this.bucketOf = bucketOfRow(contract, buckets);
    this.limit = limit;
    this.columns = contract.columns.length;
    this.kept = nothing(this.columns);
    this.attempt = nothing(this.columns);
    this.sums = new BucketSums(buckets);
  }

  begin(): void {
    this.attempt = nothing(this.columns);
    this.sums = new BucketSums(this.buckets);
  }

  row(reading: RowReading, cells: RawRow): void {
    this.attempt.rows++;
    for (const column of reading.explained) this.attempt.explained[column] = (this.attempt.explained[column] ?? 0) + 1;
    this.sums.add(this.bucketOf(reading, cells), reading.row.high, reading.row.low);
  }

  uncanonical(reading: RowReading, cells: RawRow): void {
    this.attempt.rows++;
    this.attempt.uncanonical++;
    if (this.kept.samples.length + this.attempt.samples.length >= this.limit) return;
    const keyed = this.buckets.kind !== 'rowHash' && reading.readKey(cells) === CANONICAL;
    this.attempt.samples.push({ cells: reading.keyCells(cells), column: reading.failed, match: keyed ? BigInt.asIntN(64, reading.key.value) : null });
  }

  quarantined(): void {
    this.attempt.rows++;
    this.attempt.quarantined++;
  }

  keep(): void {
    const { kept, attempt } = this;
    kept.rows += attempt.rows;
    kept.quarantined += attempt.quarantined;
    kept.uncanonical += attempt.uncanonical;
    kept.samples.push(...attempt.samples);
    attempt.explained.forEach((count, i) => {
      kept.explained[i] = (kept.explained[i] ?? 0) + count;
    });
    addSums(this.keptSums, this.sums.entries());
  }

  result(): SourceMeasure {
    return { ...this.kept, sums: [...this.keptSums] };
  }
}
