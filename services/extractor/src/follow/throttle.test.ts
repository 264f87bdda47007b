/** Debts of bytes are paid off in time, and forgotten when the limit goes. */
import { expect, test } from '@jest/globals';
import { Throttle } from './throttle.ts';

test('without a limit nothing holds; paused, everything; with one, as long as it takes', async () => {
  const throttle = new Throttle();
  throttle.spend(1e12);
  expect(throttle.holds).toBe(false);
  throttle.set(0);
  expect(throttle.holds).toBe(true);
  throttle.set(1_000_000);
  expect(throttle.holds).toBe(false);
  throttle.spend(200_000);
  expect(throttle.holds).toBe(true);
  const began = performance.now();
  await throttle.open(new AbortController().signal);
  expect(performance.now() - began).toBeGreaterThanOrEqual(150);
  throttle.spend(1e9);
  throttle.set(null);
  expect(throttle.holds).toBe(false);
});

test('an abort ends the waiting', async () => {
  const throttle = new Throttle();
  throttle.set(0);
  await throttle.open(AbortSignal.abort());
});
