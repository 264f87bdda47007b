/** The growing output of canonical JSON, seen as bytes and as the words that are hashed. */

const INITIAL_BYTES = 64 * 1024;
/** A buffer that one large document needed is not kept for the small ones after it. */
const KEEP_BYTES = 4 * 1024 * 1024;

/** Letter after the backslash, for what jsonb escapes by a letter; 0: no such escape. */
const LETTER_OF = new Uint8Array(128);
for (const [unit, letter] of [[8, 'b'], [9, 't'], [10, 'n'], [12, 'f'], [13, 'r'], [34, '"'], [92, '\\']] as const) LETTER_OF[unit] = letter.charCodeAt(0);

export class JsonBytes {
  bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  /** The same memory in words of four bytes. */
  words = wordsOf(this.bytes);
  /** Number of bytes written. */
  at = 0;
  /** Whether anything was written with a backslash. */
  sawEscape = false;

  clear(): void {
    if (this.bytes.length > KEEP_BYTES) this.use(Buffer.allocUnsafeSlow(INITIAL_BYTES));
    this.at = 0;
    this.sawEscape = false;
  }

  reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(4 * Math.ceil(Math.max(this.bytes.length * 1.5, this.at + more) / 4));
    this.bytes.copy(larger, 0, 0, this.at);
    this.use(larger);
  }

  private use(bytes: Buffer): void {
    this.bytes = bytes;
    this.words = wordsOf(bytes);
  }

  ascii(token: string): void {
    this.reserve(token.length);
    for (let k = 0; k < token.length; k++) this.bytes[this.at + k] = token.charCodeAt(k);
    this.at += token.length;
  }

  /** Writes one or two bytes of punctuation. */
  mark(first: number, second = -1): void {
    this.reserve(2);
    this.bytes[this.at++] = first;
    if (second >= 0) this.bytes[this.at++] = second;
  }

  /** Copies characters of a string that stand for themselves, as far as there is room; returns the index behind them. */
  plainRun(text: string, from: number): number {
    const { bytes } = this;
    const end = bytes.length;
    let i = from;
    let { at } = this;
    while (at < end) {
      const c = text.charCodeAt(i);
      if (!(c >= 32 && c < 128) || c === 34 || c === 92) break;
      bytes[at++] = c;
      i++;
    }
    this.at = at;
    return i;
  }

  /** An ASCII character other than U+0000, escaped where jsonb does. */
  character(unit: number): void {
    const letter = LETTER_OF[unit] as number;
    if (letter === 0 && unit >= 32) {
      this.mark(unit);
      return;
    }
    this.sawEscape = true;
    if (letter !== 0) this.mark(92, letter);
    else this.ascii(`\\u00${unit.toString(16).padStart(2, '0')}`);
  }

  /** A character beyond ASCII. */
  codePoint(p: number): void {
    this.reserve(4);
    const { bytes } = this;
    if (p < 0x800) bytes[this.at++] = 0xc0 | (p >> 6);
    else {
      if (p < 0x10000) bytes[this.at++] = 0xe0 | (p >> 12);
      else {
        bytes[this.at++] = 0xf0 | (p >> 18);
        bytes[this.at++] = 0x80 | ((p >> 12) & 63);
      }
      bytes[this.at++] = 0x80 | ((p >> 6) & 63);
    }
    bytes[this.at++] = 0x80 | (p & 63);
  }
}

function wordsOf(bytes: Buffer): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}
