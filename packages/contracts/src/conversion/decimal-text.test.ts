import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decimalOfReal, decimalSize, fitsNumeric } from './decimal-text.ts';

test('reads back as the same double, and has no exponent', () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
    const text = decimalOfReal(value) as string;
    expect(text).toMatch(/^-?\d+(\.\d+)?$/);
    expect(Number(text)).toBe(value === 0 ? 0 : value);
  }));
});

test('sizes and fits', () => {
  expect(decimalSize('-00120.3400')).toEqual({ whole: 3, scale: 2 });
  expect(fitsNumeric('99.99', 4, 2)).toBe(true);
  expect(fitsNumeric('100', 4, 2)).toBe(false);
  expect(fitsNumeric('0.001', 4, 2)).toBe(false);
  expect(decimalOfReal(1e21)).toBe(`1${'0'.repeat(21)}`);
  expect(decimalOfReal(Number.POSITIVE_INFINITY)).toBeNull();
});
