import { expect, test } from '@jest/globals';
import { parseIsoDate, parseIsoTime, parseIsoTimestamp, timestampMicros } from './iso-date-time.ts';

const micros = (s: string): number => parseIsoTimestamp(s) * 1e6 + timestampMicros;

test('every day from year 1 to 9999 agrees with Date', () => {
  for (let days = -719_162; days <= 2_932_896; days += 97) {
    const iso = new Date(days * 86_400_000).toISOString().slice(0, 10);
    expect(parseIsoDate(iso)).toBe(days);
  }
});

test.each([
  ['2024-02-29 12:34:56.123456', Date.UTC(2024, 1, 29, 12, 34, 56) * 1000 + 123456],
  ['2024-02-29T12:34:56.1Z', Date.UTC(2024, 1, 29, 12, 34, 56) * 1000 + 100000],
  ['2024-02-29 12:34', Date.UTC(2024, 1, 29, 12, 34) * 1000],
  ['2024-02-29', Date.UTC(2024, 1, 29) * 1000],
  ['2024-02-29 00:10:00+05:30', Date.UTC(2024, 1, 28, 18, 40) * 1000],
  ['2024-02-29 00:10:00-0130', Date.UTC(2024, 1, 29, 1, 40) * 1000],
  ['1969-12-31 23:59:59.999999', -1],
])('%s is exact', (text, expected) => {
  expect(micros(text)).toBe(expected);
});

test.each([
  '2023-02-29', '2024-13-01', '2024-00-10', '0000-01-01', '24:00:00', '2024-01-01 24:00:00', '2024-01-01 23:59:60', '2024-01-01 12:00:00.1234567',
  '2024-01-01 12:00:00.', '2024-01-01 12', 'now', '', '2024-1-1', '29/02/2024', '2024-01-01x', '2024-01-01 12:00:00 ', '2024-01-01 12:00:00+5', '12024-01-01',
])('%j is no timestamp', (text) => {
  expect(parseIsoTimestamp(text)).toBeNaN();
});

test('times', () => {
  expect(parseIsoTime('23:59:59.000001')).toBe(86_399_000_001);
  expect(parseIsoTime('07:05')).toBe(25_500_000_000);
  expect(parseIsoTime('24:00')).toBeNaN();
  expect(parseIsoTime('12:00:00Z')).toBeNaN();
});
