import { describe, expect, test } from '@jest/globals';
import { exampleReport, exampleTable } from './example-report.ts';
import { reportContradictions } from './report-contradictions.ts';
import { verdictSentence } from './verdict-sentence.ts';

const one = exampleTable('a', 10, 1, 'integer');
const clean = { quarantine: [], differences: [] };

describe('the verdict in words', () => {
  test('equal', () => {
    const model = exampleReport({ ...clean, verdict: 'equal', tables: [one] });
    expect(verdictSentence(model)).toBe('Every cell of 10 rows in 1 table was compared and is equal in PostgreSQL; no row was left out.');
    expect(reportContradictions(model)).toEqual([]);
  });

  test('nothing to move', () => {
    expect(verdictSentence(exampleReport({ ...clean, verdict: 'equal', tables: [] }))).toBe(
      'The source has no tables: there was nothing to move, and nothing is left behind.',
    );
    expect(verdictSentence(exampleReport({ ...clean, verdict: 'equal', tables: [exampleTable('a', 0, 0, 'rowid')] }))).toBe(
      '1 table was compared: without rows in SQLite, and without rows in PostgreSQL.',
    );
  });

  test('different', () => {
    const tables = [one, { ...one, source: 'b', equal: false }];
    expect(verdictSentence(exampleReport({ ...clean, verdict: 'different', tables }))).toBe(
      '1 of 2 tables differs between SQLite and PostgreSQL. 1 table with 10 rows proved equal.',
    );
  });

  test('failed', () => {
    const failure = { code: 'BROKER_UNREACHABLE', message: 'no broker answered', remedy: 'r' };
    expect(verdictSentence(exampleReport({ ...clean, verdict: 'failed', tables: [one], failure }))).toBe(
      'There is no proof of equality. no broker answered. 1 of 1 table had been proved equal.',
    );
  });
});

describe('contradictions', () => {
  test.each([
    ['rows that do not add up', { ...one, targetRows: 9 }, 1],
    ['checksums that differ', { ...one, checksumTarget: 'ff' }, 1],
    ['no checksum', { ...one, checksumSource: null, checksumTarget: null }, 1],
    ['an unequal table', { ...one, equal: false }, 1],
    ['quarantined rows', exampleTable('a', 10, 1, 'integer', 2), 1],
    ['nothing', one, 0],
  ])('equal with %s', (_, table, count) => {
    expect(reportContradictions(exampleReport({ ...clean, verdict: 'equal', tables: [table] }))).toHaveLength(count);
  });
});
