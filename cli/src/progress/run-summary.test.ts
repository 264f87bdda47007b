import { describe, expect, test } from '@jest/globals';
import { displayWidth } from '../report/display-width.ts';
import { exampleReport, exampleTable } from '../report/example-report.ts';
import { summaryTable, verdictLines } from './run-summary.ts';
import { terminalStyle } from './terminal-style.ts';

const plain = terminalStyle(false);

describe('the table at the end', () => {
  test('is aligned, also with wide characters', () => {
    const tables = [exampleTable('orders', 12_000, 9, 'integer'), exampleTable('注文明細', 7, 9, 'integer', 2), { ...exampleTable('a', 1, 1, 'rowid'), target: 'b', equal: false }];
    expect(summaryTable(exampleReport({ tables }), 80, plain)).toEqual([
      'table         sqlite  postgres  quarantine  equal  rows/s',
      'orders        12,000    12,000           0      ✓  42,740',
      '注文明細           7         5           2      ✓     140',
      'a → b              1         1           0      ✗      20',
    ]);
  });

  test.each([20, 30, 40, 50, 60, 200])('fits %i columns', (columns) => {
    const tables = [exampleTable('x'.repeat(500), 1_000_000_000, 9, 'integer'), exampleTable('注'.repeat(90), 7, 9, 'integer')];
    const lines = summaryTable(exampleReport({ tables }), columns, plain);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
    expect(lines[1]).toContain('✓');
  });

  test('three hundred tables: those that are not equal are there', () => {
    const tables = Array.from({ length: 300 }, (_, i) => ({ ...exampleTable(`t${i}`, 300 - i, 1, 'integer'), equal: i !== 299 }));
    const lines = summaryTable(exampleReport({ tables }), 80, plain);
    expect(lines).toHaveLength(42);
    expect(lines.at(-2)).toMatch(/^t299 .*✗/u);
    expect(lines.at(-1)).toBe('and 260 more tables: see the report');
  });

  test('no tables, no table', () => {
    expect(summaryTable(exampleReport({ tables: [] }), 80, plain)).toEqual([]);
  });
});

describe('the verdict line', () => {
  test('a failure comes with its code and remedy', () => {
    const failure = { code: 'BROKER_UNREACHABLE', message: 'No broker at kafka://u:pw@h:9092.', remedy: 'Check --brokers.' };
    expect(verdictLines({ report: exampleReport({ verdict: 'failed', failure, tables: [] }) }, plain)).toEqual([
      '✗ Failed. There is no proof of equality. No broker at kafka://h:9092. 0 of 0 tables had been proved equal.',
      '  1:08 in all',
      '  BROKER_UNREACHABLE: Check --brokers.',
    ]);
  });

  test('a contradiction is told instead', () => {
    expect(verdictLines({ report: exampleReport({ verdict: 'equal' }) }, plain)[0]).toBe('✗ The report contradicts itself: do not rely on it.');
  });
});
