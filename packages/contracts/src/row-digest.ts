/**
 * The digest of a row, 64 bits, over the canonical bytes of its cells in the order of the contract's columns:
 *
 *   element = lookup3 of the cell's bytes, 0 for NULL
 *   row     = row × 31 + element, modulo 2^64, from 0
 *   digest  = lookup3 of the row's eight bytes, big-endian
 *
 * which PostgreSQL computes as hash_record_extended over the canonical columns, twice. Without the last step the sum
 * over rows would be linear in the elements, and two rows that swapped the values of one column would go unnoticed.
 * Sums of digests are modulo 2^64 and come with the number of rows, so that order does not matter and multiplicity does.
 */
import { hashAligned, hashByte, hashBytes, hashed, hashInt32, hashInt64, hashInt128, hashShortAscii, hashUtf8, SHORT_TEXT } from './lookup3.ts';

const TWO32 = 4_294_967_296;

const double = new Float64Array(1);
const doubleWords = new Int32Array(double.buffer);

/** Collects elements; reused for every row. Each method takes the canonical value of one cell. */
export class RowDigest {
  private readonly words = new Int32Array(2);

  /** High word of what was collected, or of the digest after `finish`. Signed, as PostgreSQL's bigint. */
  get high(): number {
    return this.words[0] as number;
  }

  get low(): number {
    return this.words[1] as number;
  }

  get value(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low >>> 0);
  }

  reset(): void {
    this.words[0] = 0;
    this.words[1] = 0;
  }

  /** row × 31 + element */
  private add(high: number, low: number): void {
    const { words } = this;
    const sum = ((words[1] as number) >>> 0) * 31 + (low >>> 0);
    words[1] = sum;
    words[0] = Math.imul(words[0] as number, 31) + high + Math.floor(sum / TWO32);
  }

  private take(): void {
    this.add(hashed[0] as number, hashed[1] as number);
  }

  null(): void {
    this.add(0, 0);
  }

  /** Adds what another digest has collected, as one element. */
  element(high: number, low: number): void {
    this.add(high, low);
  }

  /** A whole number within ±2^53 as eight bytes. */
  integer(n: number): void {
    hashInt64(Math.floor(n / TWO32), n | 0);
    this.take();
  }

  bigint(n: bigint): void {
    hashInt64(Number(BigInt.asIntN(32, n >> 32n)), Number(BigInt.asIntN(32, n)));
    this.take();
  }

  int32(n: number): void {
    hashInt32(n);
    this.take();
  }

  /** Eight bytes as two big-endian words. */
  int64(high: number, low: number): void {
    hashInt64(high, low);
    this.take();
  }

  int128(w0: number, w1: number, w2: number, w3: number): void {
    hashInt128(w0, w1, w2, w3);
    this.take();
  }

  float8(n: number): void {
    double[0] = n;
    hashInt64(doubleWords[1] as number, doubleWords[0] as number);
    this.take();
  }

  boolean(value: boolean): void {
    hashByte(value ? 1 : 0);
    this.take();
  }

  /** A well-formed string; true where all of it is within U+0001 to U+007F, as far as that was cheap to know. */
  text(s: string): boolean {
    if (s.length < SHORT_TEXT && hashShortAscii(s)) {
      this.take();
      return true;
    }
    hashUtf8(s);
    this.take();
    return false;
  }

  bytes(bytes: Uint8Array): void {
    hashBytes(bytes);
    this.take();
  }

  /** The first `length` bytes of memory that is also seen as words. */
  aligned(bytes: Uint8Array, asWords: Int32Array, length: number): void {
    hashAligned(bytes, asWords, length);
    this.take();
  }

  finish(): void {
    hashInt64(this.words[0] as number, this.words[1] as number);
    this.words[0] = hashed[0] as number;
    this.words[1] = hashed[1] as number;
  }
}
