/** How a date column's values are written. */
import { isPlausibleMoment } from '../../plan/column-candidates.ts';
import type { ReadValue } from '../../plan/value-fit.ts';
import type { ColumnFacts } from './column-facts.ts';

/** Digits in the places of a date: only its numbers are wrong, or PostgreSQL would roll them over. */
const LOOKS_ISO = /^[-+]?\d{1,6}-\d{2}-\d{2}([ T]\d{2}:\d{2}|$)|^\d{2,3}:\d{2}/;
const SHORTEST_ZONED = 17;
/** Julian days of the years 1 to 9999. */
const JULIAN_FROM = 1_721_425.5;
const JULIAN_TO = 5_373_484.5;

export function noteMoment(value: Exclude<ReadValue, null>, fits: boolean, row: readonly ReadValue[], facts: ColumnFacts, timeOnly: boolean): void {
  if (typeof value === 'string') {
    if (value === '') facts.note('empty', row);
    else if (fits) noteZone(value, row, facts, timeOnly);
    else facts.note(LOOKS_ISO.test(value) ? 'date-out-of-range' : 'date-invalid', row);
    return;
  }
  if (typeof value === 'bigint') {
    facts.integer(value);
    if (isPlausibleMoment(value, 'epoch_s')) facts.note('epoch-s', row);
    else if (isPlausibleMoment(value, 'epoch_ms')) facts.note('epoch-ms', row);
    else if (isPlausibleMoment(value, 'epoch_us')) facts.note('epoch-us', row);
    else facts.note('date-out-of-range', row);
    return;
  }
  // Others count from another day: Delphi and Access from 1899, Core Data from 2001.
  if (typeof value === 'number' && value >= JULIAN_FROM && value < JULIAN_TO) facts.note('julian', row);
  else facts.note('date-invalid', row);
}

function noteZone(value: string, row: readonly ReadValue[], facts: ColumnFacts, timeOnly: boolean): void {
  if (value.length <= 10 || timeOnly) {
    if (!timeOnly) facts.note('date-only', row);
    return;
  }
  const last = value.charCodeAt(value.length - 1);
  const zoned = last === 90 || last === 122 || (value.length >= SHORTEST_ZONED && /[+-]\d{2}:?(\d{2})?$/.test(value.slice(-6)));
  facts.note(zoned ? 'zone' : 'no-zone', row);
}
