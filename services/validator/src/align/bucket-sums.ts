/** Rows and the sum of their digests, per bucket. */
import type { Buckets } from './buckets.ts';

export interface BucketSum {
  readonly rows: number;
  /** Modulo 2^64. */
  readonly sum: bigint;
}

const TWO32 = 4_294_967_296;

/** Sums in typed arrays: a million additions may not make a million objects. */
export class BucketSums {
  private readonly first: number;
  private readonly rows: Float64Array;
  private readonly high: Int32Array;
  private readonly low: Int32Array;

  constructor(buckets: Buckets) {
    this.first = buckets.first;
    this.rows = new Float64Array(buckets.count);
    this.high = new Int32Array(buckets.count);
    this.low = new Int32Array(buckets.count);
  }

  /** False where the bucket is not one of these. */
  add(bucket: number, high: number, low: number): boolean {
    const i = bucket - this.first;
    if (!(i >= 0 && i < this.rows.length)) return false;
    const sum = ((this.low[i] as number) >>> 0) + (low >>> 0);
    this.low[i] = sum;
    this.high[i] = (this.high[i] as number) + high + (sum >= TWO32 ? 1 : 0);
    this.rows[i] = (this.rows[i] as number) + 1;
    return true;
  }

  entries(): [bucket: number, BucketSum][] {
    const out: [number, BucketSum][] = [];
    for (let i = 0; i < this.rows.length; i++) {
      const rows = this.rows[i] as number;
      if (rows === 0) continue;
      const sum = (BigInt((this.high[i] as number) >>> 0) << 32n) | BigInt((this.low[i] as number) >>> 0);
      out.push([this.first + i, { rows, sum }]);
    }
    return out;
  }
}

export function addSums(into: Map<number, BucketSum>, entries: Iterable<[bucket: number, BucketSum]>): void {
  for (const [bucket, more] of entries) {
    const known = into.get(bucket);
    into.set(bucket, known === undefined ? more : { rows: known.rows + more.rows, sum: BigInt.asUintN(64, known.sum + more.sum) });
  }
}

/** Of all buckets together. */
export function totalOf(sums: ReadonlyMap<number, BucketSum>): BucketSum {
  let rows = 0;
  let sum = 0n;
  for (const bucket of sums.values()) {
    rows += bucket.rows;
    sum += bucket.sum;
  }
  return { rows, sum: BigInt.asUintN(64, sum) };
}
