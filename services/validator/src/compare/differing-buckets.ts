/** Which buckets differ, in order. */
import type { BucketSum } from '../align/bucket-sums.ts';

export interface DifferingBucket {
  readonly bucket: number;
  /** Rows of the fuller side. */
  readonly rows: number;
}

const NONE: BucketSum = { rows: 0, sum: 0n };

export function differingBuckets(source: ReadonlyMap<number, BucketSum>, target: ReadonlyMap<number, BucketSum>): DifferingBucket[] {
  const out: DifferingBucket[] = [];
  for (const bucket of new Set([...source.keys(), ...target.keys()])) {
    const left = source.get(bucket) ?? NONE;
    const right = target.get(bucket) ?? NONE;
    if (left.rows !== right.rows || left.sum !== right.sum) out.push({ bucket, rows: Math.max(left.rows, right.rows) });
  }
  return out.sort((a, b) => a.bucket - b.bucket);
}
