/**
 * A value of a logical type, as the way back compares it: what arrives from the wire and what SQLite holds become the
 * same JavaScript value exactly when they are canonically equal (contracts/canonical-form), compared by `sameHeld`.
 * - ints, timestamps, intervals: bigint; float8, date, time: number; numeric, text, uuid (32 digits), jsonb, inet: string
 */
import type { AvroReader } from '@causeway/contracts/block-header';
import { decimalFifteen } from '@causeway/contracts/conversion/decimal-fifteen';
import { decimalOfReal, fitsNumeric } from '@causeway/contracts/conversion/decimal-text';
import { inetFamily } from '@causeway/contracts/conversion/inet-text';
import { parseIsoDate, parseIsoTime, parseIsoTimestamp, timestampMicros } from '@causeway/contracts/conversion/iso-date-time';
import { jsonVerdict } from '@causeway/contracts/conversion/json-text';
import { isUuid } from '@causeway/contracts/conversion/uuid-text';
import type { LogicalType } from '@causeway/contracts/logical-type';
import { realText } from '@causeway/contracts/real-text';
import { valueFits } from '@causeway/control/plan/value-fit';
import type { ColumnContract } from '@causeway/contracts/table-contract';
import { writeInet } from '../transcode/inet-binary.ts';
import { printJson, readJson } from './json-document.ts';

export type Held = bigint | number | string | boolean | Buffer | null;

/** A cell as better-sqlite3 hands it over with safe integers: its class is its JavaScript type. */
export type SqliteCell = bigint | number | string | Buffer | null;

/** Reads one nullable cell of the wire. */
export function readHeld(reader: AvroReader, type: LogicalType): Held {
  if (reader.int() === 0) return null;
  switch (type.kind) {
    case 'int2':
    case 'int4':
    case 'int8':
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
      return reader.long();
    case 'date':
    case 'time':
      return reader.int();
    case 'float8':
      reader.pos += 8;
      return reader.bytes.readDoubleLE(reader.pos - 8);
    case 'boolean':
      return reader.boolean();
    case 'bytea':
      return Buffer.from(reader.slice());
    case 'uuid':
      reader.pos += 16;
      return reader.bytes.toString('hex', reader.pos - 16, reader.pos);
    default:
      return reader.string();
  }
}

/** What a cell of SQLite is worth in its column's type, by its policy if need be; undefined where it has no form there. */
// Invariant: I75
export function heldOf(column: ColumnContract, cell: SqliteCell): Held | undefined {
  if (cell === null) return null;
  if (column.policy === undefined) return plainHeld(column, cell);
  if (column.policy === 'replace') return plainHeld(column, typeof cell === 'string' ? cell.replaceAll('\0', '\uFFFD') : cell);
  return valueFits(cell, column.type, column.form) ? plainHeld(column, cell) : null;
}

/** The driver shows malformed bytes as U+FFFD: under the policy `null` such a text may stand for NULL, and then keeps its bytes. */
export function keepsItsBytes(column: ColumnContract, cell: SqliteCell, arrived: Held): boolean {
  return column.policy === 'null' && arrived === null && typeof cell === 'string' && cell.includes('\uFFFD');
}

function plainHeld(column: ColumnContract, cell: Exclude<SqliteCell, null>): Held | undefined {
  const { type, form } = column;
  switch (type.kind) {
    case 'int2':
    case 'int4':
    case 'int8':
    case 'interval':
      return wholeNumber(cell);
    case 'float8':
      return typeof cell === 'number' ? cell : typeof cell === 'bigint' && BigInt(Number(cell)) === cell ? Number(cell) : undefined;
    case 'boolean':
      return cell === 1n || cell === 1 ? true : cell === 0n || cell === 0 ? false : undefined;
    case 'numeric':
      return decimal(cell, form, type.precision, type.scale);
    case 'text':
      if (typeof cell === 'string') return cell;
      if (form !== 'any' || cell instanceof Buffer) return undefined;
      return typeof cell === 'bigint' ? String(cell) : realText(cell as number);
    case 'bytea':
      return cell instanceof Buffer ? cell : form === 'any' && typeof cell === 'string' ? Buffer.from(cell, 'utf8') : undefined;
    case 'uuid':
      return typeof cell === 'string' && isUuid(cell) ? cell.replaceAll('-', '').toLowerCase() : undefined;
    case 'jsonb':
      return typeof cell === 'string' && jsonVerdict(cell) === 'ok' ? cell : undefined;
    case 'inet':
      return typeof cell === 'string' && inetFamily(cell) !== 0 ? cell : undefined;
    default:
      return momentOf(type.kind, form, cell);
  }
}

function wholeNumber(cell: SqliteCell): bigint | undefined {
  if (typeof cell === 'bigint') return cell;
  return typeof cell === 'number' && Number.isSafeInteger(cell) ? BigInt(cell) : undefined;
}

function decimal(cell: SqliteCell, form: ColumnContract['form'], precision: number | undefined, scale: number | undefined): string | undefined {
  if (typeof cell !== 'bigint' && typeof cell !== 'number') return undefined;
  const text = form === 'decimal15' ? decimalFifteen(cell, precision === undefined ? undefined : scale) : typeof cell === 'bigint' ? cell.toString() : decimalOfReal(cell);
  return text !== null && fitsNumeric(text, precision, scale ?? 0) ? text : undefined;
}

/** Microseconds of one unit of an epoch form. */
export const EPOCH_MICROS: Readonly<Record<string, bigint>> = { epoch_s: 1_000_000n, epoch_ms: 1_000n, epoch_us: 1n };

function momentOf(kind: 'date' | 'time' | 'timestamp' | 'timestamptz', form: ColumnContract['form'], cell: SqliteCell): Held | undefined {
  const unit = EPOCH_MICROS[form];
  if (unit !== undefined) {
    const whole = wholeNumber(cell);
    if (whole === undefined) return undefined;
    if (kind === 'date') return whole % 86_400n === 0n ? Number(whole / 86_400n) : undefined;
    return whole * unit;
  }
  if (typeof cell !== 'string') return undefined;
  const value = kind === 'date' ? parseIsoDate(cell) : kind === 'time' ? parseIsoTime(cell) : parseIsoTimestamp(cell);
  if (Number.isNaN(value)) return undefined;
  return kind === 'date' || kind === 'time' ? value : BigInt(value) * 1_000_000n + BigInt(timestampMicros);
}

/** Canonical equality of two values of one type. */
export function sameHeld(type: LogicalType, a: Held | undefined, b: Held | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  if (a === null || b === null) return a === b;
  switch (type.kind) {
    case 'float8':
      return Object.is(a, b);
    case 'numeric':
      return trimmed(a as string) === trimmed(b as string);
    case 'bytea':
      return (a as Buffer).equals(b as Buffer);
    case 'jsonb':
      return a === b || printJson(readJson(a as string)) === printJson(readJson(b as string));
    case 'inet':
      return a === b || address(a as string).equals(address(b as string));
    default:
      return a === b;
  }
}

function trimmed(text: string): string {
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}

function address(text: string): Buffer {
  const out = Buffer.alloc(20);
  return out.subarray(0, writeInet(text, out, 0));
}
