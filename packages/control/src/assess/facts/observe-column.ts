/** Makes the observer of a column by the family of its declared type; what the profile counts by itself is not counted again. */
import { isUuid } from '@causeway/contracts/conversion/uuid-text';
import { jsonVerdict } from '@causeway/contracts/conversion/json-text';
import { parseIsoDate, parseIsoTimestamp } from '@causeway/contracts/conversion/iso-date-time';
import { type Candidate, isPlausibleMoment } from '../../plan/column-candidates.ts';
import type { ValueObserver } from '../../plan/profile-table.ts';
import type { SourceColumn } from '../../plan/source-schema.ts';
import type { ReadValue } from '../../plan/value-fit.ts';
import type { ColumnFacts } from './column-facts.ts';
import { noteDecimal } from './note-decimal.ts';
import { noteMoment } from './note-moment.ts';

type Present = Exclude<ReadValue, null>;
type See = (value: Present, fits: boolean, row: readonly ReadValue[]) => void;

/** Columns that by their name hold moments, whatever they were declared. */
const MOMENT_NAME = /(_at|_on|_date|_time|_ts|date|time|timestamp|created|updated|modified|expires?|expiry)$/i;

export function observeColumn(column: SourceColumn, candidates: readonly Candidate[], facts: ColumnFacts): ValueObserver {
  return { see: seeing(column, candidates, facts) };
}

function seeing(column: SourceColumn, candidates: readonly Candidate[], facts: ColumnFacts): See {
  const first = candidates[0];
  // A declared date whose values are numbers by their candidate counts from another year.
  const moment = MOMENT_NAME.test(column.name) && !(first?.type.kind === 'float8' && /^timestamp/i.test(column.declared));
  const plain = sizesAndTexts(facts);
  switch (first?.type.kind) {
    case 'boolean':
      return (value, fits, row) => {
        if (!fits) otherwise(value, 'boolean-other', row, facts, plain);
      };
    case 'numeric':
      return (value, fits, row) => {
        plain(value, row);
        if (typeof value === 'number') noteDecimal(value, fits, row, facts);
      };
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return (value, fits, row) => noteMoment(value, fits, row, facts, first.type.kind === 'time');
    case 'jsonb':
      return (value, fits, row) => {
        plain(value, row);
        if (!fits && typeof value === 'string') noteJson(value, row, facts);
      };
    case 'uuid':
      return (value, _fits, row) => {
        plain(value, row);
        if (typeof value === 'string') noteUuid(value, row, facts);
      };
    case 'inet':
      return (value, fits, row) => {
        plain(value, row);
        if (!fits) facts.note('inet-invalid', row);
      };
    case 'text': {
      const limited = first.type.maxLength !== undefined;
      return (value, fits, row) => {
        plain(value, row);
        if (typeof value !== 'string') return;
        if (limited && !fits && !value.includes('\0')) facts.note('overlong', row);
        else if (moment && isIsoMoment(value)) facts.note('iso-text', row);
      };
    }
    default:
      return moment ? momentsAsNumbers(facts, plain) : (value, _fits, row) => plain(value, row);
  }
}

/** Of every column: range, length, and texts that want a look. */
function sizesAndTexts(facts: ColumnFacts): (value: Present, row: readonly ReadValue[]) => void {
  return (value, row) => {
    switch (typeof value) {
      case 'bigint':
        facts.integer(value);
        return;
      case 'string':
        if (value.length > facts.longest) facts.longest = value.length;
        if (value.includes('\0')) facts.note('nul', row);
        if (value.includes('\uFFFD')) facts.note('replacement', row);
        return;
      case 'object':
        if (value.length > facts.longest) facts.longest = value.length;
    }
  };
}

function otherwise(value: Present, fact: 'boolean-other', row: readonly ReadValue[], facts: ColumnFacts, plain: (value: Present, row: readonly ReadValue[]) => void): void {
  plain(value, row);
  facts.note(value === '' ? 'empty' : fact, row);
}

function momentsAsNumbers(facts: ColumnFacts, plain: (value: Present, row: readonly ReadValue[]) => void): See {
  return (value, _fits, row) => {
    plain(value, row);
    if (typeof value === 'bigint') {
      if (isPlausibleMoment(value, 'epoch_s')) facts.note('epoch-s', row);
      else if (isPlausibleMoment(value, 'epoch_ms')) facts.note('epoch-ms', row);
      else if (isPlausibleMoment(value, 'epoch_us')) facts.note('epoch-us', row);
    } else if (typeof value === 'number' && value > 2_440_000 && value < 2_490_000) facts.note('julian', row);
  };
}

function isIsoMoment(value: string): boolean {
  return value.length >= 10 && value.length <= 32 && value.charCodeAt(4) === 45 && !(Number.isNaN(parseIsoTimestamp(value)) && Number.isNaN(parseIsoDate(value)));
}

function noteJson(value: string, row: readonly ReadValue[], facts: ColumnFacts): void {
  const verdict = jsonVerdict(value);
  if (verdict === 'ok') return;
  facts.note(verdict === 'invalid' ? (value === '' ? 'empty' : 'json-invalid') : verdict === 'nul' ? 'json-nul' : 'json-not-exact', row);
}

function noteUuid(value: string, row: readonly ReadValue[], facts: ColumnFacts): void {
  if (!isUuid(value)) facts.note(value === '' ? 'empty' : 'uuid-invalid', row);
  else if (value.length === 32) facts.note('uuid-plain', row);
  else if (value === value.toLowerCase()) facts.note('uuid-lower', row);
  else facts.note(value === value.toUpperCase() ? 'uuid-upper' : 'uuid-mixed', row);
}
