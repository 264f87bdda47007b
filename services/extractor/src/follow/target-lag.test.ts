import { expect, test } from '@jest/globals';
import { TargetLag } from './target-lag.ts';

test('the age is that of the oldest published step which the target has not applied', () => {
  const lag = new TargetLag();
  expect(lag.seconds(5_000)).toBe(0);
  lag.look({ end: 10n, published: 10n, applied: 0n, seenMs: 1_000 });
  lag.look({ end: 20n, published: 20n, applied: 0n, seenMs: 3_000 });
  expect([lag.changes, lag.seconds(5_000)]).toEqual([20, 4]);
  lag.look({ end: 20n, published: 20n, applied: 10n, seenMs: 4_000 });
  expect([lag.changes, lag.seconds(5_000)]).toEqual([10, 2]);
  lag.look({ end: 20n, published: 20n, applied: 20n, seenMs: 5_000 });
  expect([lag.changes, lag.seconds(9_000)]).toEqual([0, 0]);
});

test('what is published again after a gap is as old as it was, and the memory is bounded', () => {
  const lag = new TargetLag();
  for (let i = 1; i <= 100_000; i++) lag.look({ end: BigInt(i), published: BigInt(i), applied: 0n, seenMs: i });
  lag.look({ end: 100_000n, published: 5n, applied: 0n, seenMs: 100_001 });
  expect(lag.seconds(100_001)).toBe(100);
  expect((lag as unknown as { marks: unknown[] }).marks.length).toBeLessThanOrEqual(10_001);
});
