/** Spellings under which SQLite may hold a key: looked up all at once, and what is found is compared canonically. */
import type { ColumnContract } from '@causeway/contracts/table-contract';
import type { ColumnHabit, FractionHabit } from './column-habit.ts';
import type { Held, SqliteCell } from './held-value.ts';
import { printJson, readJson } from './json-document.ts';
import { clockText, momentText, sqliteForm } from './sqlite-form.ts';

export function keyCandidates(column: ColumnContract, habit: ColumnHabit, held: Held): SqliteCell[] {
  if (held === null) return [null];
  const usual = sqliteForm(column, habit, held);
  return [...new Set([usual, ...otherSpellings(column, habit, held)])];
}

/** Spellings beside the usual one: for look-ups, and where the column's affinity makes another value of the usual one. */
export function otherSpellings(column: ColumnContract, habit: ColumnHabit, held: Held): SqliteCell[] {
  const { type, form } = column;
  switch (type.kind) {
    case 'uuid':
      return [true, false].flatMap((dashes) => [true, false].map((upper) => sqliteForm(column, { ...habit, uuid: { dashes, upper } }, held)));
    case 'text':
      return form === 'any' ? [held as string, ...numberSpellings(held as string)] : [];
    case 'bytea':
      return form === 'any' ? [held as Buffer, (held as Buffer).toString('utf8')] : [];
    case 'jsonb':
      return [held as string, printJson(readJson(held as string), true)];
    case 'time':
      return FRACTIONS.map((fraction) => clockText(BigInt(held as number), { minutes: false, fraction })).concat(clockText(BigInt(held as number), { minutes: true, fraction: OPTIONAL }));
    case 'timestamp':
    case 'timestamptz':
      return form === 'plain' ? momentSpellings(held as bigint) : [];
    default:
      return [];
  }
}

const OPTIONAL: FractionHabit = { kind: 'optional', digits: 6 };
const FRACTIONS: readonly FractionHabit[] = [OPTIONAL, { kind: 'shortest' }, ...[1, 2, 3, 4, 5, 6].map((digits) => ({ kind: 'fixed' as const, digits }))];
const ZONES = ['', 'Z', '+00:00', '+00', '+0000'];

function momentSpellings(micros: bigint): string[] {
  const out = [' ', 'T'].flatMap((separator) => ZONES.flatMap((zone) => FRACTIONS.map((fraction) => momentText(micros, { separator, zone, minutes: false, dateOnly: false, fraction }))));
  for (const [minutes, dateOnly] of [[true, false], [false, true]] as const) out.push(momentText(micros, { separator: ' ', zone: '', minutes, dateOnly, fraction: OPTIONAL }));
  return out;
}

function numberSpellings(text: string): SqliteCell[] {
  if (/^-?\d{1,18}$/.test(text)) return [BigInt(text)];
  return text !== '' && Number.isFinite(Number(text)) ? [Number(text)] : [];
}
