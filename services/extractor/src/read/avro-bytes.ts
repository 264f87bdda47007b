/** One growing buffer, and what every cell is made of in Avro: whole numbers and texts. */
import { releasing } from '@causeway/runtime/collect-memory';

/** Up to this length a loop over char codes beats a call into the runtime's UTF-8 writer (measured, Node 24). */
const SHORT = 40;

export class AvroBytes {
  buf: Buffer;
  pos: number;
  /** True while the exact path writes: its strings come from checked bytes. */
  exact = false;

  constructor(buf: Buffer) {
    this.buf = buf;
    this.pos = 0;
  }

  /** Makes room for `bytes` more. */
  reserve(bytes: number): void {
    if (this.pos + bytes <= this.buf.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buf.length * 2, this.pos + bytes));
    this.buf.copy(larger, 0, 0, this.pos);
    releasing(this.buf.length);
    this.buf = larger;
  }

  /** Zig-zag varint of a whole number within ±2^52. */
  varint(n: number): void {
    const buf = this.buf;
    let pos = this.pos;
    let z: number;
    if (n >= -1_073_741_824 && n < 1_073_741_824) {
      z = (n << 1) ^ (n >> 31);
      while (z > 127) {
        buf[pos++] = (z & 127) | 128;
        z >>>= 7;
      }
    } else {
      z = n < 0 ? -2 * n - 1 : 2 * n;
      while (z > 127) {
        buf[pos++] = (z % 128) | 128;
        z = Math.floor(z / 128);
      }
    }
    buf[pos++] = z;
    this.pos = pos;
  }

  bigVarint(n: bigint): void {
    let z = BigInt.asUintN(64, (n << 1n) ^ (n >> 63n));
    while (z > 127n) {
      this.buf[this.pos++] = Number(z & 127n) | 128;
      z >>= 7n;
    }
    this.buf[this.pos++] = Number(z);
  }

  ascii(text: string): void {
    const n = text.length;
    this.reserve(n + 5);
    this.varint(n);
    for (let i = 0; i < n; i++) this.buf[this.pos + i] = text.charCodeAt(i);
    this.pos += n;
  }

  string(v: string): boolean {
    const n = v.length;
    if (n <= SHORT) {
      this.reserve(n + 1);
      const buf = this.buf;
      const start = this.pos + 1;
      let i = 0;
      for (; i < n; i++) {
        const c = v.charCodeAt(i);
        if (c > 127 || c === 0) break;
        buf[start + i] = c;
      }
      if (i === n) {
        buf[this.pos] = n << 1;
        this.pos = start + n;
        return true;
      }
    }
    return this.longString(v);
  }

  private longString(v: string): boolean {
    const n = v.length;
    if (v.includes('\0')) return false;
    this.reserve(n * 3 + 5);
    // Written behind the widest length first, then moved if the length needed fewer bytes: most often it is ASCII.
    const guess = varintBytes(n * 2);
    const written = this.buf.write(v, this.pos + guess, 'utf8');
    if (written !== n && !this.exact && v.includes('\uFFFD')) return false;
    if (written !== n && this.exact && !v.isWellFormed()) return false;
    const needed = varintBytes(written * 2);
    if (needed !== guess) this.buf.copyWithin(this.pos + needed, this.pos + guess, this.pos + guess + written);
    this.varint(written);
    this.pos += written;
    return true;
  }
}

function varintBytes(z: number): number {
  let n = 1;
  for (let x = z; x > 127; x = Math.floor(x / 128)) n++;
  return n;
}
