/** Two implementations of one rule: printed digits on the loading path, exact fractions in the validator. */
import { expect, test } from '@jest/globals';
import { decimalFifteen } from '@causeway/contracts/conversion/decimal-fifteen';
import type { RowDigest } from '@causeway/contracts/row-digest';
import fc from 'fast-check';
import { fifteenReader } from '../src/measure/source/fifteen-cell.ts';

const SEED = Number(process.env['CAUSEWAY_TEST_SEED'] ?? Date.now() % 2 ** 31);

function canonicalText(value: number | bigint, scale: number | undefined): string {
  let text = '';
  fifteenReader('exact', scale)(value, { text: (s: string) => (text = s) } as unknown as RowDigest);
  return text;
}

const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text).replace(/^-0$/, '0');
const halves = fc.tuple(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.integer({ min: 0, max: 30 })).map(([n, power]) => n / 2 ** power);
const cents = fc.tuple(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.double({ min: 0.1, max: 10, noNaN: true })).map(([n, factor]) => ((n / 100) * factor) / factor);
const value = fc.oneof(cents, halves, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));

test(`both give the same decimal (seed ${SEED})`, () => {
  fc.assert(
    fc.property(value, fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }), (v, scale) => {
      expect(canonicalText(v, scale)).toBe(trimmed(decimalFifteen(v, scale) as string));
    }),
    { seed: SEED, numRuns: 20_000 },
  );
});
