import { describe, expect, test } from '@jest/globals';
import type { LogicalType } from '@causeway/contracts/logical-type';
import { RowDigest } from '@causeway/contracts/row-digest';
import type { SourceForm } from '@causeway/contracts/table-contract';
import { CANONICAL, DOUBTFUL_NUMBER, DOUBTFUL_TEXT, NOT_CANONICAL, type ReadMode, type SourceCell } from './cell-reader.ts';
import { readerOfColumn } from './reader-of-column.ts';

function verdict(kind: LogicalType['kind'], value: SourceCell, form: SourceForm = 'plain', mode: ReadMode = 'exact'): number {
  return readerOfColumn({ type: { kind } as LogicalType, form }, mode)(value, new RowDigest());
}

const REFUSED: [kind: LogicalType['kind'], values: SourceCell[], form?: SourceForm][] = [
  ['int8', [1.5, '1', Number.POSITIVE_INFINITY, 1e300, Buffer.from('1'), '']],
  ['float8', ['1', 'NaN', 2n ** 53n + 1n, Buffer.alloc(8)]],
  ['numeric', [Number.POSITIVE_INFINITY, '1.5', '']],
  ['boolean', [2, 2n, -1n, 0.5, 't', 'true', '']],
  ['text', [1, 1n, Buffer.from('x'), 'a\0b']],
  ['text', [Buffer.from('x'), 'a\0b'], 'any'],
  ['bytea', ['x', 1, 1n]],
  ['bytea', [1, 1n, 0.5], 'any'],
  ['date', ['', '2024-02-30', '2023-02-29', '0000-00-00', '0000-01-01', '2024-1-1', '2024-01-01 00:00', '20240101', 'now', '2024-13-01', '2024-00-10', '2024-01-00', 20240101n, '10000-01-01', '２０２４-01-01', '29/02/2024']],
  ['date', [1n, 86_401n, '2024-01-01', 0.5], 'epoch_s'],
  ['time', ['24:00:00', '23:59:60', '1:00:00', '10:00:00.', '10:00:00.1234567', '10:00Z', '', '10', '10:60', 'allballs', 36_000n]],
  ['timestamptz', ['', 'now', '2024-01-01 24:00:00', '2024-01-01 10:00:60', '2024-01-01 10:00:00.1234567', '2024-01-01 10:00:00 +01:00', '2024-01-01 10:00:00+16:00', '2024-01-01 10:00:00+1', '2024-01-01 10:00:00+01:0', '2024-01-01 10:00:00 UTC', '2024-01-01X10:00', '2024-01-01 ', '2024-01-01 10', '2024-01-01 10:00:00Zjunk', '2024-01-01 10:00:00ZZ', 1_700_000_000n, 'infinity']],
  ['timestamptz', ['2024-01-01', 1.1234567, Number.POSITIVE_INFINITY, 253_402_300_800n, -62_135_596_801n], 'epoch_s'],
  ['timestamptz', [1.5, 10n ** 18n], 'epoch_ms'],
  ['timestamp', ['2460000.5', -1, 1e9], 'julian'],
  ['interval', ['1', 1.5]],
  ['uuid', ['', '{1738f7d9-3d9c-1724-11e2-0b8f6b0d549b}', '1738f7d9-3d9c-1724-11e20b8f6b0d549b', '1738f7d9-3d9c-1724-11e2-0b8f6b0d549g', '1738f7d93d9c172411e20b8f6b0d549', '1738f7d93-d9c-1724-11e2-0b8f6b0d549b', Buffer.alloc(16)]],
  ['inet', ['', '1.2.3', '01.2.3.4', '1.2.3.256', '1.2.3.4/24', 'fe80::1%eth0', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', ':1::', '::1:', '1:2:3:4:5:6:7::8', 1n]],
  ['jsonb', ['', ' ', '{', '[1,]', '{"a":1,}', "{'a':1}", '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '"\\u0000"', '"\\ud800"', '"\\ud800\\u0041"', '"\\udc00"', '01', '1.', '.5', '+1', '1e', '1e+', '-', 'NaN', 'Infinity', 'tru', '"\n"', '"\\x"', '"\\u12g4"', '[1] 2', '"a', '{"a"}', '{1:2}', 'nul', 1n, '1e200000', `1e-${20_000}`, '[1 2]', '\uFEFF1', '\u00a01']],
];

describe('no canonical form', () => {
  test.each(REFUSED)('%s: %j', (kind, values, form = 'plain') => {
    for (const value of values) expect([value, verdict(kind, value, form)]).toEqual([value, NOT_CANONICAL]);
  });

  test('a document deeper than any document is', () => {
    expect(verdict('jsonb', '['.repeat(5_000) + ']'.repeat(5_000))).toBe(NOT_CANONICAL);
    expect(verdict('jsonb', '['.repeat(1_000) + ']'.repeat(1_000))).toBe(CANONICAL);
  });
});

describe('doubts of the faster modes', () => {
  test('a whole number beyond 2^53 may have been rounded', () => {
    for (const kind of ['int8', 'float8', 'numeric', 'interval'] as const) expect(verdict(kind, 2 ** 53, 'plain', 'plain')).toBe(DOUBTFUL_NUMBER);
    expect(verdict('timestamptz', 2 ** 60, 'epoch_us', 'plain')).toBe(DOUBTFUL_NUMBER);
    expect(verdict('float8', 2 ** 60, 'plain', 'classes')).toBe(CANONICAL);
    expect(verdict('int8', 2 ** 60, 'plain', 'classes')).toBe(NOT_CANONICAL);
  });

  test('a number in a text of form any may be an INTEGER or a REAL', () => {
    expect(verdict('text', 5, 'any', 'plain')).toBe(DOUBTFUL_NUMBER);
    expect(verdict('text', 5, 'any', 'classes')).toBe(CANONICAL);
  });

  test('U+FFFD may have been put there', () => {
    for (const mode of ['plain', 'classes'] as const) {
      expect(verdict('text', 'a\uFFFD', 'plain', mode)).toBe(DOUBTFUL_TEXT);
      expect(verdict('text', `${'a'.repeat(100)}\uFFFD`, 'plain', mode)).toBe(DOUBTFUL_TEXT);
      expect(verdict('bytea', 'a\uFFFD', 'any', mode)).toBe(DOUBTFUL_TEXT);
      expect(verdict('jsonb', '"a\uFFFD"', 'plain', mode)).toBe(DOUBTFUL_TEXT);
    }
    expect(verdict('text', 'a\uFFFD')).toBe(CANONICAL);
    expect(verdict('text', `${'a'.repeat(100)}\0`)).toBe(NOT_CANONICAL);
  });
});

test('counted moments that are text elsewhere are the same moment', () => {
  const digest = (kind: LogicalType['kind'], value: SourceCell, form: SourceForm): bigint => {
    const row = new RowDigest();
    expect(readerOfColumn({ type: { kind } as LogicalType, form }, 'exact')(value, row)).toBe(CANONICAL);
    return row.value;
  };
  const moment = digest('timestamptz', '2023-11-14 22:13:20.5', 'plain');
  expect(digest('timestamptz', 1_700_000_000.5, 'epoch_s')).toBe(moment);
  expect(digest('timestamptz', 1_700_000_000_500n, 'epoch_ms')).toBe(moment);
  expect(digest('timestamptz', 1_700_000_000_500_000n, 'epoch_us')).toBe(moment);
  expect(digest('timestamptz', '2023-11-15T03:43:20.5+05:30', 'plain')).toBe(moment);
  expect(digest('timestamp', 2_440_588n, 'julian')).toBe(digest('timestamp', '1970-01-01 12:00', 'plain'));
  expect(digest('timestamp', 2_440_587.75, 'julian')).toBe(digest('timestamp', '1970-01-01 06:00', 'plain'));
  expect(digest('date', 86_400n, 'epoch_s')).toBe(digest('date', '1970-01-02', 'plain'));
});
