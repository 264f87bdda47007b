/**
 * Turns Avro cells into fields of PostgreSQL's binary COPY without making a value of them. One object holds both
 * positions; the generated transcoder calls one method a cell. The caller reserves room for a whole block first.
 * Source: https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4 (binary format)
 */
import { Failure } from '@causeway/contracts/failures';
import { writeInet } from './inet-binary.ts';
import { writeNumeric } from './numeric-binary.ts';

/** Seconds from 1970 to 2000, PostgreSQL's epoch. */
const EPOCH_2000_MICROS = 946_684_800_000_000;
const EPOCH_2000_DAYS = 10_957;
const TWO_32 = 4_294_967_296;

export class CopyWriter {
  src: Buffer = Buffer.alloc(0);
  p = 0;
  dst: Buffer = Buffer.alloc(0);
  o = 0;

  /** Points at a block's rows; room for them all is made at once, so that no cell needs a check. */
  begin(src: Buffer, position: number, dst: Buffer): void {
    this.src = src;
    this.p = position;
    this.dst = dst;
    this.o = 0;
  }

  /** Zig-zag varint; exact within ±2^53, and told apart beyond by `wide`. */
  varint(): number {
    const src = this.src;
    let p = this.p;
    let byte = src[p++] as number;
    let z = byte & 127;
    if (byte > 127) {
      byte = src[p++] as number;
      z |= (byte & 127) << 7;
      if (byte > 127) {
        byte = src[p++] as number;
        z |= (byte & 127) << 14;
        if (byte > 127) {
          byte = src[p++] as number;
          z |= (byte & 127) << 21;
          let scale = 268_435_456;
          while (byte > 127) {
            byte = src[p++] as number;
            z += (byte & 127) * scale;
            scale *= 128;
          }
        }
      }
    }
    this.p = p;
    return z % 2 === 0 ? z / 2 : -(z + 1) / 2;
  }

  private big(): bigint {
    let z = 0n;
    let shift = 0n;
    for (;;) {
      const byte = this.src[this.p++] as number;
      z |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
      shift += 7n;
    }
    return (z >> 1n) ^ -(z & 1n);
  }

  private int64(n: number): void {
    const high = Math.floor(n / TWO_32);
    this.int32(high);
    this.int32((n - high * TWO_32) | 0);
  }

  int32(n: number): void {
    const { dst, o } = this;
    dst[o] = n >>> 24;
    dst[o + 1] = n >>> 16;
    dst[o + 2] = n >>> 8;
    dst[o + 3] = n;
    this.o = o + 4;
  }

  int16(n: number): void {
    this.dst[this.o++] = n >>> 8;
    this.dst[this.o++] = n;
  }

  nullField(): void {
    this.int32(-1);
  }

  /** A varint of more than 53 bits would leave the exact range of a double: seven full bytes and 4 bits more. */
  private wide(): boolean {
    const { src, p } = this;
    for (let i = 0; i < 7; i++) if ((src[p + i] as number) < 128) return false;
    return (src[p + 7] as number) > 15;
  }

  int8(): void {
    this.int32(8);
    if (this.wide()) this.o = this.dst.writeBigInt64BE(this.big(), this.o);
    else this.int64(this.varint());
  }

  int4(): void {
    this.int32(4);
    this.int32(this.varint());
  }

  int2(): void {
    this.int32(2);
    this.int16(this.varint());
  }

  float8(): void {
    this.int32(8);
    const { src, dst, p, o } = this;
    for (let i = 0; i < 8; i++) dst[o + i] = src[p + 7 - i] as number;
    this.p = p + 8;
    this.o = o + 8;
  }

  boolean(): void {
    this.int32(1);
    this.dst[this.o++] = this.src[this.p++] as number;
  }

  /** Length-prefixed bytes: text, bytea, varchar. */
  bytes(): void {
    const n = this.varint();
    this.int32(n);
    this.raw(n);
  }

  private raw(n: number): void {
    const { src, dst, p, o } = this;
    // A call into the runtime costs more than a short loop (measured, Node 24).
    if (n < 48) for (let i = 0; i < n; i++) dst[o + i] = src[p + i] as number;
    else src.copy(dst, o, p, p + n);
    this.p = p + n;
    this.o = o + n;
  }

  jsonb(): void {
    const n = this.varint();
    this.int32(n + 1);
    this.dst[this.o++] = 1;
    this.raw(n);
  }

  uuid(): void {
    this.int32(16);
    this.raw(16);
  }

  date(): void {
    this.int32(4);
    this.int32(this.varint() - EPOCH_2000_DAYS);
  }

  time(): void {
    this.int32(8);
    this.int64(this.varint());
  }

  timestamp(): void {
    this.int32(8);
    if (this.wide()) this.o = this.dst.writeBigInt64BE(this.big() - BigInt(EPOCH_2000_MICROS), this.o);
    else this.int64(this.varint() - EPOCH_2000_MICROS);
  }

  interval(): void {
    this.int32(16);
    if (this.wide()) this.o = this.dst.writeBigInt64BE(this.big(), this.o);
    else this.int64(this.varint());
    this.int32(0);
    this.int32(0);
  }

  numeric(): void {
    const n = this.varint();
    const at = this.o;
    this.o = writeNumeric(this.src, this.p, n, this.dst, at + 4);
    this.dst.writeInt32BE(this.o - at - 4, at);
    this.p += n;
  }

  inet(): void {
    const n = this.varint();
    const at = this.o;
    this.o = writeInet(this.src.toString('latin1', this.p, this.p + n), this.dst, at + 4);
    this.dst.writeInt32BE(this.o - at - 4, at);
    this.p += n;
  }

  /** After a block: a position beyond the message means that it was damaged. */
  check(): void {
    if (this.p > this.src.length) throw new Failure('MESSAGE_INVALID', 'a block ends inside a row');
  }
}
