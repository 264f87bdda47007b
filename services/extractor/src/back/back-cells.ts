/**
 * Cells of PostgreSQL, in the texts of a pinned session, as the Avro of the table's contract: the same bytes that the
 * way forward would make of the same value. What these types cannot carry is told, never rounded.
 */
import { inetFamily } from '@causeway/contracts/conversion/inet-text';
import { parseIsoDate, parseIsoTime, parseIsoTimestamp, timestampMicros } from '@causeway/contracts/conversion/iso-date-time';
import { writeUuid } from '@causeway/contracts/conversion/uuid-text';
import type { LogicalType } from '@causeway/contracts/logical-type';
import type { RowWriter } from '../read/row-writer.ts';
import { intervalMicros } from './interval-micros.ts';

/** A branch byte and any cell of fixed size. */
const FIXED_CELL_BYTES = 20;

/** Writes one nullable cell; a reason where its value cannot travel (the writer's position is then of no use). */
// Invariant: I72
export function writeCell(writer: RowWriter, type: LogicalType, text: string | null): string | null {
  writer.reserve(FIXED_CELL_BYTES);
  if (text === null) {
    writer.buf[writer.pos++] = 0;
    return null;
  }
  writer.buf[writer.pos++] = 2;
  return writeValue(writer, type, text);
}

function writeValue(writer: RowWriter, type: LogicalType, text: string): string | null {
  switch (type.kind) {
    case 'int2':
    case 'int4':
    case 'int8':
      writer.bigVarint(BigInt(text));
      return null;
    case 'float8':
      writer.buf.writeDoubleLE(Number(text), writer.pos);
      writer.pos += 8;
      return Number.isNaN(Number(text)) ? 'NaN has no form in SQLite' : null;
    case 'numeric':
      if (!/^-?\d/.test(text)) return 'NaN and infinity have no form in SQLite';
      writer.ascii(plainDecimal(text));
      return null;
    case 'boolean':
      writer.buf[writer.pos++] = text === 'true' ? 1 : 0;
      return null;
    case 'text':
    case 'jsonb':
      return writer.string(text) ? null : 'the text is not well-formed';
    case 'bytea':
      writer.bytes(Buffer.from(text.slice(2), 'hex'));
      return null;
    case 'uuid':
      writeUuid(text, writer.buf, writer.pos);
      writer.pos += 16;
      return null;
    case 'inet':
      return writeInet(writer, text);
    default:
      return writeMoment(writer, type.kind, text);
  }
}

function writeMoment(writer: RowWriter, kind: 'date' | 'time' | 'timestamp' | 'timestamptz' | 'interval', text: string): string | null {
  if (kind === 'interval') {
    const micros = intervalMicros(text);
    if (micros === null) return 'an interval of months or days is not a number of microseconds';
    writer.bigVarint(micros);
    return null;
  }
  const value = kind === 'date' ? parseIsoDate(text) : kind === 'time' ? parseIsoTime(text) : parseIsoTimestamp(text);
  if (Number.isNaN(value)) return `outside of what the application's ${kind} can be: years 1 to 9999, hours below 24, no infinity`;
  if (kind === 'date' || kind === 'time') writer.varint(value);
  else writer.bigVarint(BigInt(value) * 1_000_000n + BigInt(timestampMicros));
  return null;
}

/** inet prints the mask of a whole address only as text; a network is none of the application's addresses. */
function writeInet(writer: RowWriter, text: string): string | null {
  const address = text.replace(text.includes(':') ? /\/128$/ : /\/32$/, '');
  if (inetFamily(address) === 0) return 'an address with a network part has no form in SQLite';
  return writer.string(address) ? null : 'the address is not well-formed';
}

/** Without trailing zeros of the fraction: they are the column's scale, not the value's. */
export function plainDecimal(text: string): string {
  if (!text.includes('.')) return text;
  const trimmed = text.replace(/\.?0+$/, '');
  return trimmed === '-0' ? '0' : trimmed;
}
