import { describe, expect, test } from '@jest/globals';
import type { TableContract } from '@causeway/contracts/table-contract';
import fc from 'fast-check';
import { chooseBuckets, cutBucket, ordinalsOf } from './buckets.ts';

const keyed = { key: ['id'] } as unknown as TableContract;

describe('chooseBuckets', () => {
  test('what cannot be aligned by an integer key is aligned by a hash', () => {
    expect(chooseBuckets({ key: [] } as unknown as TableContract, null).kind).toBe('rowHash');
    expect(chooseBuckets(keyed, null).kind).toBe('keyHash');
    expect(chooseBuckets(keyed, { low: 0n, high: 2n ** 53n }).kind).toBe('keyHash');
    expect(chooseBuckets(keyed, { low: -(2n ** 63n), high: 0n }).kind).toBe('keyHash');
    expect(chooseBuckets(keyed, { low: 1n, high: 1n })).toEqual({ kind: 'key', shift: 0, first: 1, count: 1 });
  });

  test('every key falls into one of at most 1,024 buckets', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), fc.double({ min: 0, max: 1, noNaN: true }), (a, b, at) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const buckets = chooseBuckets(keyed, { low: BigInt(low), high: BigInt(high) });
        const key = Math.min(high, Math.max(low, Math.floor(low + (high - low) * at)));
        const bucket = Math.floor(key / 2 ** buckets.shift);
        expect(buckets.count).toBeLessThanOrEqual(1_024);
        expect(bucket - buckets.first).toBeGreaterThanOrEqual(0);
        expect(bucket - buckets.first).toBeLessThan(buckets.count);
        expect(BigInt(bucket)).toBe(BigInt(key) >> BigInt(buckets.shift));
        const { low: first, high: last } = ordinalsOf(buckets, bucket, bucket);
        expect(first <= BigInt(key) && BigInt(key) <= last).toBe(true);
      }),
    );
  });
});

test('a bucket is cut into all of its ordinals, until it cannot be', () => {
  let buckets = chooseBuckets(keyed, { low: -5_000_000n, high: 2n ** 40n });
  let bucket = -1;
  for (let depth = 0; buckets.shift > 0; depth++) {
    const finer = cutBucket(buckets, bucket);
    if (finer === null) throw new Error('cut too early');
    expect(ordinalsOf(finer, finer.first, finer.first + finer.count - 1)).toEqual(ordinalsOf(buckets, bucket, bucket));
    buckets = finer;
    bucket = finer.first;
    expect(depth).toBeLessThan(10);
  }
  expect(cutBucket(buckets, bucket)).toBeNull();
  const hashed = chooseBuckets({ key: [] } as unknown as TableContract, null);
  const twice = cutBucket(hashed, -512);
  expect(twice).toEqual({ kind: 'rowHash', shift: 44, first: -(2 ** 19), count: 1_024 });
});
