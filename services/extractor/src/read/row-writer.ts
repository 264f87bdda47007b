/**
 * Writes cells as Avro. Every method accepts exactly what its type holds without loss and
 * returns false for anything else, leaving the row to the exact path, which decides and gives the reason.
 * In the fast mode a text that shows U+FFFD is also refused: it may be a sign of invalid UTF-8 that was replaced.
 */
import { decimalFifteen } from '@causeway/contracts/conversion/decimal-fifteen';
import { decimalOfReal, fitsNumeric } from '@causeway/contracts/conversion/decimal-text';
import { inetFamily } from '@causeway/contracts/conversion/inet-text';
import { parseIsoDate, parseIsoTime, parseIsoTimestamp, timestampMicros } from '@causeway/contracts/conversion/iso-date-time';
import { JsonShapes } from '@causeway/contracts/conversion/json-shape';
import { julianMicros } from '@causeway/contracts/conversion/julian-day';
import { writeUuid } from '@causeway/contracts/conversion/uuid-text';
import { realText } from '@causeway/contracts/real-text';
import { AvroBytes } from './avro-bytes.ts';

export type Cell = bigint | number | string | Uint8Array;

/** Zig-zag doubles the number; beyond this the sum leaves the exact range of a double. */
const EXACT_LIMIT = 2 ** 52;

/** Shapes of the documents that this thread has seen. */
const documents = new JsonShapes();

export class RowWriter extends AvroBytes {
  /** `limit` is the bound as a number: converting it for every cell was 5 % of the reader's time. */
  int(v: Cell, bound: bigint, limit: number): boolean {
    if (typeof v === 'number') {
      if (!Number.isSafeInteger(v) || v > limit || v < -limit - 1) return false;
      if (v < EXACT_LIMIT && v > -EXACT_LIMIT) this.varint(v);
      else this.bigVarint(BigInt(v));
      return true;
    }
    if (typeof v !== 'bigint' || v > bound || v < -bound - 1n) return false;
    const n = Number(v);
    if (n < EXACT_LIMIT && n > -EXACT_LIMIT) this.varint(n);
    else this.bigVarint(v);
    return true;
  }

  float8(v: Cell): boolean {
    let n: number;
    if (typeof v === 'number') {
      // From 2^53 on a number may be an integer that was rounded on its way here: 2^53 + 1 arrives as 2^53.
      if (!this.exact && Number.isInteger(v) && (v >= 9007199254740992 || v <= -9007199254740992)) return false;
      n = v;
    } else if (typeof v === 'bigint') {
      n = Number(v);
      if (BigInt(n) !== v) return false;
    } else return false;
    this.buf.writeDoubleLE(n, this.pos);
    this.pos += 8;
    return true;
  }

  boolean(v: Cell): boolean {
    if (v === 1 || v === 1n) this.buf[this.pos++] = 1;
    else if (v === 0 || v === 0n) this.buf[this.pos++] = 0;
    else return false;
    return true;
  }

  /** Decimal as text. */
  numeric(v: Cell, precision: number | undefined, scale: number): boolean {
    let text: string | null;
    if (typeof v === 'number') {
      if (!this.exact && !(v < EXACT_LIMIT && v > -EXACT_LIMIT)) return false;
      if (precision === undefined && this.hundredths(v)) return true;
      text = decimalOfReal(v);
    } else if (typeof v === 'bigint') text = v.toString();
    else return false;
    if (text === null || !fitsNumeric(text, precision, scale)) return false;
    this.ascii(text);
    return true;
  }

  /** A number whose digits beyond SQLite's 15 are noise. */
  decimal15(v: Cell, precision: number | undefined, scale: number): boolean {
    if (typeof v !== 'number' && typeof v !== 'bigint') return false;
    if (typeof v === 'number' && !this.exact && !(v < EXACT_LIMIT && v > -EXACT_LIMIT)) return false;
    const text = decimalFifteen(v, precision === undefined ? undefined : scale);
    if (text === null || !fitsNumeric(text, precision, scale)) return false;
    this.ascii(text);
    return true;
  }

  /**
   * Money, quickly: a double that is the nearest one to a number of hundredths below 10^13 prints as exactly that number
   * (both have at most 15 digits), so the runtime's search for the shortest decimal can be left out.
   */
  private hundredths(v: number): boolean {
    const h = Math.round(v * 100);
    if (h / 100 !== v || h > 1e15 || h < -1e15 || Object.is(v, -0)) return false;
    let digits = h < 0 ? -h : h;
    let scale = 2;
    while (scale > 0 && digits % 10 === 0) {
      digits /= 10;
      scale--;
    }
    this.reserve(24);
    const { buf } = this;
    // Backwards from the end of the longest form, then moved to its place behind the length.
    const end = this.pos + 24;
    let at = end;
    for (let written = 0; digits > 0 || written <= scale; written++) {
      if (scale > 0 && written === scale) buf[--at] = 46;
      buf[--at] = 48 + (digits % 10);
      digits = Math.floor(digits / 10);
    }
    if (h < 0) buf[--at] = 45;
    buf[this.pos] = (end - at) << 1;
    buf.copyWithin(this.pos + 1, at, end);
    this.pos += 1 + end - at;
    return true;
  }

  text(v: Cell, maxLength: number): boolean {
    if (typeof v !== 'string') return false;
    if (v.length > maxLength && (v.length > maxLength * 2 || codePoints(v) > maxLength)) return false;
    return this.string(v);
  }

  /** Text from every class: numbers are printed by the one rule that both sides share. */
  anyText(v: Cell, maxLength: number): boolean {
    if (typeof v === 'string') return this.text(v, maxLength);
    if (typeof v !== 'bigint' && typeof v !== 'number') return false;
    const text = typeof v === 'bigint' ? v.toString() : realText(v);
    if (text.length > maxLength) return false;
    this.ascii(text);
    return true;
  }

  bytes(v: Cell): boolean {
    if (!(v instanceof Uint8Array)) return false;
    this.reserve(v.length + 6);
    this.varint(v.length);
    this.buf.set(v, this.pos);
    this.pos += v.length;
    return true;
  }

  /** Blobs, and text as its bytes. */
  anyBytes(v: Cell): boolean {
    if (typeof v !== 'string') return this.bytes(v);
    // Only the exact path holds the stored bytes of a text.
    if (!this.exact && v.includes('\uFFFD')) return false;
    return this.bytes(Buffer.from(v, 'utf8'));
  }

  date(v: Cell): boolean {
    const days = typeof v === 'string' ? parseIsoDate(v) : Number.NaN;
    if (Number.isNaN(days)) return false;
    this.varint(days);
    return true;
  }

  time(v: Cell): boolean {
    const micros = typeof v === 'string' ? parseIsoTime(v) : Number.NaN;
    if (Number.isNaN(micros)) return false;
    this.varint(micros);
    return true;
  }

  timestamp(v: Cell): boolean {
    const seconds = typeof v === 'string' ? parseIsoTimestamp(v) : Number.NaN;
    if (Number.isNaN(seconds)) return false;
    if (seconds < 4e9 && seconds > -4e9) this.varint(seconds * 1_000_000 + timestampMicros);
    else this.bigVarint(BigInt(seconds) * 1_000_000n + BigInt(timestampMicros));
    return true;
  }

  /** Integers counted in units of `micros` microseconds, within the years 1 to 9999. */
  epoch(v: Cell, micros: bigint): boolean {
    if (typeof v === 'number' && !Number.isSafeInteger(v)) return false;
    if (typeof v !== 'number' && typeof v !== 'bigint') return false;
    return this.moment(BigInt(v) * micros);
  }

  julian(v: Cell): boolean {
    const micros = typeof v === 'number' || typeof v === 'bigint' ? julianMicros(v) : null;
    return micros !== null && this.moment(micros);
  }

  private moment(micros: bigint): boolean {
    if (micros < -62_135_596_800_000_000n || micros > 253_402_300_799_999_999n) return false;
    this.bigVarint(micros);
    return true;
  }

  epochDate(v: Cell): boolean {
    const seconds = Number(v);
    if ((typeof v !== 'number' && typeof v !== 'bigint') || !Number.isSafeInteger(seconds) || seconds % 86_400 !== 0) return false;
    if (seconds < -62_135_596_800 || seconds > 253_402_300_799) return false;
    this.varint(seconds / 86_400);
    return true;
  }

  uuid(v: Cell): boolean {
    if (typeof v !== 'string' || !writeUuid(v, this.buf, this.pos)) return false;
    this.pos += 16;
    return true;
  }

  json(v: Cell): boolean {
    return typeof v === 'string' && documents.holds(v) && this.string(v);
  }

  inet(v: Cell): boolean {
    return typeof v === 'string' && inetFamily(v) !== 0 && this.string(v);
  }
}

function codePoints(text: string): number {
  let n = 0;
  for (const _ of text) n++;
  return n;
}
