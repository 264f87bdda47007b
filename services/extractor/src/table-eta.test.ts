import { expect, test } from '@jest/globals';
import { TableEta } from './table-eta.ts';

test('unknown until it moves, then by the rate of the last minute, 0 when whole', () => {
  const eta = new TableEta();
  expect(eta.seconds(100)).toBeNaN();
  expect(eta.at(0, 0).seconds(100)).toBeNaN();
  expect(eta.at(10_000, 20).seconds(100)).toBe(40);
  // A stall is no rate: after a minute nobody knows any more.
  for (let at = 20_000; at <= 80_000; at += 10_000) eta.at(at, 20);
  expect(eta.seconds(100)).toBeNaN();
  expect(eta.at(90_000, 100).seconds(100)).toBe(0);
  expect(new TableEta().at(0, 0).seconds(0)).toBe(0);
});
