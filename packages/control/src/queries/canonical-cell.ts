/**
 * A cell of a result in the form in which both sides are compared: what PostgreSQL's type of the column says that it
 * means, after the canonical form of contracts. Texts that PostgreSQL prints are taken as they come over the wire.
 */
import { decimalOfReal } from '@causeway/contracts/conversion/decimal-text';
import { parseIsoDate, parseIsoTime, parseIsoTimestamp, timestampMicros } from '@causeway/contracts/conversion/iso-date-time';
import { isUuid } from '@causeway/contracts/conversion/uuid-text';
import { realText } from '@causeway/contracts/real-text';

export type SqliteCell = null | bigint | number | string | Uint8Array;

/** `near`: a number that is compared within a tolerance, because one of the sides adds up binary fractions. */
export type CanonicalCell = { readonly text: string } | { readonly near: number } | null;

export type CellKind = 'integer' | 'number' | 'boolean' | 'date' | 'time' | 'moment' | 'uuid' | 'json' | 'bytes' | 'text';

const KINDS: Readonly<Record<number, CellKind>> = {
  16: 'boolean', 17: 'bytes', 20: 'integer', 21: 'integer', 23: 'integer', 700: 'number', 701: 'number', 1700: 'number',
  1082: 'date', 1083: 'time', 1114: 'moment', 1184: 'moment', 2950: 'uuid', 114: 'json', 3802: 'json',
};

/** By the oid of PostgreSQL's type. */
export const cellKind = (oid: number): CellKind => KINDS[oid] ?? 'text';

const TRUTHS: Readonly<Record<string, string>> = { t: '1', true: '1', f: '0', false: '0' };

/** A cell that has no such form is its own text: then it is equal to nothing but the same text. */
export function canonicalCell(kind: CellKind, cell: SqliteCell): CanonicalCell {
  if (cell === null) return null;
  if (cell instanceof Uint8Array) return { text: `\\x${Buffer.from(cell).toString('hex')}` };
  const written = typeof cell === 'number' ? realText(cell) : String(cell);
  switch (kind) {
    case 'integer':
    case 'number':
      return number(cell, written);
    case 'boolean':
      return { text: TRUTHS[written.toLowerCase()] ?? written.replace(/^([01])\.0$/, '$1') };
    case 'date':
      return { text: moment(cell, written, (s) => parseIsoDate(s.slice(0, 10)) * 86_400) };
    case 'moment':
      return { text: moment(cell, written, parseIsoTimestamp) };
    case 'time': {
      const micros = parseIsoTime(written);
      return { text: Number.isNaN(micros) ? written : String(micros) };
    }
    case 'uuid':
      return { text: isUuid(written) ? written.replaceAll('-', '').toLowerCase() : written };
    case 'json':
      return { text: canonicalJson(written) };
    default:
      return { text: written };
  }
}

/** Digits that a sum of doubles keeps; integers are compared exactly. */
function number(cell: bigint | number | string, written: string): CanonicalCell {
  if (typeof cell === 'bigint' || /^-?\d+$/.test(written)) return { text: String(BigInt(written)) };
  const value = typeof cell === 'number' ? cell : Number(written);
  if (Number.isNaN(value) || !Number.isFinite(value)) return { text: written };
  return { near: value };
}

/** Seconds and microseconds since 1970; a number in SQLite counts seconds. */
function moment(cell: bigint | number | string, written: string, parse: (s: string) => number): string {
  if (typeof cell === 'bigint') return `${cell}.000000`;
  const seconds = parse(written);
  return Number.isNaN(seconds) ? written : `${seconds}.${String(written.length > 10 ? timestampMicros : 0).padStart(6, '0')}`;
}

/** Keys sorted, numbers as plain decimals with all their digits. */
function canonicalJson(text: string): string {
  try {
    const exact = JSON.parse(text, ((_key: string, value: unknown, context: { source?: string }) => (typeof value === 'number' ? { '\u0000number': plainNumber(context.source ?? String(value)) } : value)) as (key: string, value: unknown) => unknown);
    return JSON.stringify(sorted(exact));
  } catch {
    return text;
  }
}

function plainNumber(source: string): string {
  const plain = /e/i.test(source) ? (decimalOfReal(Number(source)) ?? source) : source;
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, v]) => [key, sorted(v)]);
}
