/**
 * Aligns the rows of both sides: every row has an ordinal of 64 bits that both sides compute alike, and a bucket is all
 * rows whose ordinals agree above `shift` bits. Sums are compared per bucket, so that a difference is looked for only
 * where it is, and a bucket with many rows is cut again with a smaller shift.
 *
 * - key: the ordinal is the single integer key, so that a bucket is a range that both sides reach by index
 * - keyHash: the element digest of the key's columns
 * - rowHash: the digest of the row, for tables without a key: rows are then a multiset
 */
import type { TableContract } from '@causeway/contracts/table-contract';

export interface Buckets {
  readonly kind: 'key' | 'keyHash' | 'rowHash';
  readonly shift: number;
  /** Numbers of the buckets that the source is measured in: from `first`, `count` of them. */
  readonly first: number;
  readonly count: number;
}

/** What the source tells about a single integer key: its smallest and largest value. */
export interface KeyBounds {
  readonly low: bigint;
  readonly high: bigint;
}

/** Enough to leave about a thousand rows of a million to look at, few enough to be read in one answer. */
const BUCKETS_BITS = 10;

/** `bounds` is null where the key is not one integer column, or holds other classes or NULL. */
export function chooseBuckets(contract: TableContract, bounds: KeyBounds | null): Buckets {
  if (contract.key.length === 0) return hashBuckets('rowHash');
  if (bounds === null || !safe(bounds.low) || !safe(bounds.high)) return hashBuckets('keyHash');
  let shift = 0;
  while ((bounds.high >> BigInt(shift)) - (bounds.low >> BigInt(shift)) >= 1n << BigInt(BUCKETS_BITS)) shift++;
  const first = Number(bounds.low >> BigInt(shift));
  return { kind: 'key', shift, first, count: Number(bounds.high >> BigInt(shift)) - first + 1 };
}

/** Beyond 2^53 a double cannot carry a key through the hot loop. */
function safe(n: bigint): boolean {
  return BigInt.asIntN(54, n) === n && n > -9_007_199_254_740_992n;
}

function hashBuckets(kind: 'keyHash' | 'rowHash'): Buckets {
  return { kind, shift: 64 - BUCKETS_BITS, first: -(2 ** (BUCKETS_BITS - 1)), count: 2 ** BUCKETS_BITS };
}

/** The buckets that one bucket falls into when it is cut again; null where it cannot be cut. */
export function cutBucket(buckets: Buckets, bucket: number): Buckets | null {
  // The hot loop takes a hash's bucket from its high word.
  const least = buckets.kind === 'key' ? 0 : 32;
  const bits = Math.min(BUCKETS_BITS, buckets.shift - least);
  if (bits <= 0) return null;
  const first = bucket * 2 ** bits;
  return Number.isSafeInteger(first) ? { kind: buckets.kind, shift: buckets.shift - bits, first, count: 2 ** bits } : null;
}

/** Smallest and largest ordinal of a run of buckets. */
export function ordinalsOf(buckets: Pick<Buckets, 'shift'>, first: number, last: number): { low: bigint; high: bigint } {
  const shift = BigInt(buckets.shift);
  return { low: BigInt(first) << shift, high: ((BigInt(last) + 1n) << shift) - 1n };
}
