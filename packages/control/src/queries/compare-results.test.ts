import { expect, test } from '@jest/globals';
import { canonicalCell, type CellKind, cellKind, type SqliteCell } from './canonical-cell.ts';
import { compareResults } from './compare-results.ts';

const compare = (kinds: CellKind[], sqlite: SqliteCell[][], postgres: SqliteCell[][], ordered = false) => {
  const columns = kinds.map((_, i) => `c${i}`);
  return compareResults({ columns, rows: sqlite }, { columns, rows: postgres }, kinds, ordered);
};

test.each<[CellKind, SqliteCell, string, boolean]>([
  ['integer', 9007199254740993n, '9007199254740993', true],
  ['integer', 9007199254740993n, '9007199254740992', false],
  ['number', 10.5, '10.50', true],
  ['number', 0.1 + 0.2, '0.3', true],
  ['number', 10, '10.01', false],
  ['boolean', 1n, 't', true],
  ['boolean', 0n, 't', false],
  ['moment', '2024-01-01 10:00:00', '2024-01-01 12:00:00+02', true],
  ['moment', '2024-01-01 10:00:00.000001', '2024-01-01 10:00:00+00', false],
  ['moment', 1704103200n, '2024-01-01 10:00:00+00', true],
  ['date', '2024-02-29', '2024-02-29', true],
  ['date', '2024-02-29 00:00:00', '2024-02-29', true],
  ['uuid', 'A0EEBC999C0B4EF8BB6D6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', true],
  ['json', '{"b":1.50,"a":[1e2]}', '{"a": [100], "b": 1.5}', true],
  ['json', '{"n":9007199254740993}', '{"n": 9007199254740992}', false],
  ['bytes', Buffer.from([0, 255]), '\\x00ff', true],
  ['text', 'x ', 'x', false],
  ['text', 1.5, '1.5', true],
])('%s: %p against %p', (kind, sqlite, postgres, equal) => {
  expect(compare([kind], [[sqlite]], [[postgres]]).outcome).toBe(equal ? 'same' : 'different');
});

test('NULL is equal to nothing else', () => {
  expect(compare(['text'], [[null]], [['']]).outcome).toBe('different');
  expect(compare(['number'], [[null]], [[null]]).outcome).toBe('same');
  expect(canonicalCell('integer', null)).toBeNull();
  expect(cellKind(0)).toBe('text');
});

test('the order counts only where it is asked for', () => {
  const [a, b]: SqliteCell[][] = [[1n, 'x'], [2n, 'y']] as SqliteCell[][];
  const [c, d]: SqliteCell[][] = [['1', 'x'], ['2', 'y']] as SqliteCell[][];
  expect(compare(['integer', 'text'], [a as SqliteCell[], b as SqliteCell[]], [d as SqliteCell[], c as SqliteCell[]]).outcome).toBe('same');
  expect(compare(['integer', 'text'], [a as SqliteCell[], b as SqliteCell[]], [d as SqliteCell[], c as SqliteCell[]], true).outcome).toBe('other_order');
});

test('a row twice is not two rows once', () => {
  expect(compare(['text'], [['a'], ['a'], ['b']], [['a'], ['b'], ['b']]).outcome).toBe('different');
  expect(compare(['text'], [['a']], [['a'], ['a']]).detail).toContain('rows in SQLite');
});

test('numbers of many sizes are matched whatever their last digit is', () => {
  const sqlite = Array.from({ length: 200 }, (_, i) => [`k${i % 3}`, i * 0.1 + 1e-13] as SqliteCell[]);
  const postgres = Array.from({ length: 200 }, (_, i) => [`k${(199 - i) % 3}`, ((199 - i) / 10).toFixed(4)] as SqliteCell[]);
  const found = compare(['text', 'number'], sqlite, postgres);
  expect(found.outcome).toBe('same');
  expect(found.rounded).toBeGreaterThan(0);
});
