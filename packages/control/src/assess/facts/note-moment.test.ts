/** Which numbers of a date column are taken for Julian days. */
import { expect, test } from '@jest/globals';
import { ColumnFacts } from './column-facts.ts';
import { noteMoment } from './note-moment.ts';

test.each([
  [2_460_000.5, 'julian'],
  [1_721_425.5, 'julian'],
  // Delphi and Access count days from 1899, Core Data seconds from 2001.
  [45_000.25, 'date-invalid'],
  [700_000_000.5, 'date-invalid'],
] as const)('%d is %s', (value, fact) => {
  const facts = new ColumnFacts(() => ({}));
  noteMoment(value, false, [value], facts, false);
  expect([...facts.noted.keys()]).toEqual([fact]);
});
