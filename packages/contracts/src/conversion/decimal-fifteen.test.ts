import { expect, test } from '@jest/globals';
import { decimalFifteen } from './decimal-fifteen.ts';
import { decimalSize } from './decimal-text.ts';

const size = (text: string | null): string => (text === null ? 'null' : text.includes('.') ? text.replace(/\.?0+$/, '') : text);

// What Python's decimal gives: Context(prec=15).create_decimal_from_float(value).quantize(Decimal(1).scaleb(-scale)).
test.each([
  [0.30000000000000004, 2, '0.3'],
  [0.8999999999999999, 2, '0.9'],
  [-2.7755575615628914e-17, 2, '0'],
  [0.125, 2, '0.12'],
  [0.375, 2, '0.38'],
  [2.675, 2, '2.68'],
  [1.005, 2, '1'],
  [12345678.1234568, 10, '12345678.1234568'],
  [12345678.12345679, 10, '12345678.1234568'],
  [100000000000000.5, 2, '100000000000000'],
  [100000000000001.5, 2, '100000000000002'],
  [123456789012345.67, 2, '123456789012346'],
  [1.7976931348623157e308, 0, `179769313486232${'0'.repeat(294)}`],
  [1234567890123456n, 2, '1234567890123460'],
  [-1234567890123450n, 2, '-1234567890123450'],
  [100n, 2, '100'],
  [5e-324, undefined, `0.${'0'.repeat(323)}494065645841247`],
])('%s at scale %s is %s', (value, scale, text) => {
  expect(size(decimalFifteen(value, scale))).toBe(size(text));
});

test('what is none', () => {
  expect(decimalFifteen(Number.NaN, 2)).toBeNull();
  expect(decimalFifteen(Number.NEGATIVE_INFINITY, 2)).toBeNull();
});

test('money that was multiplied and divided comes back as money', () => {
  for (let cents = 1; cents < 20_000; cents += 7) {
    const noisy = (cents / 100) * 3.3 / 3.3;
    expect(Number(decimalFifteen(noisy, 2))).toBe(cents / 100);
    expect(decimalSize(decimalFifteen(noisy, 2) as string).scale).toBeLessThanOrEqual(2);
  }
});
