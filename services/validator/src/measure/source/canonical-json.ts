/**
 * Writes a JSON document as PostgreSQL's jsonb prints it, in one pass and without a tree: members are written as they
 * come and put in order at the end of their object where they were not. Numbers keep every digit. What jsonb would
 * drop (a repeated key) or refuse (\u0000, half a surrogate pair) has no canonical form.
 */
import { numberToken } from './json-number.ts';

/** Deeper documents are accidents; PostgreSQL's own limit is its stack. */
const MAX_DEPTH = 2_000;
const INITIAL_BYTES = 64 * 1024;
/** A buffer that one large document needed is not kept for the small ones after it. */
const KEEP_BYTES = 4 * 1024 * 1024;

/** Code of the letter after the backslash, for what JSON escapes by a letter; 0: no such escape. */
const LETTER_OF = new Uint8Array(128);
const UNIT_OF = new Uint8Array(128);
for (const [unit, letter] of [[8, 'b'], [9, 't'], [10, 'n'], [12, 'f'], [13, 'r'], [34, '"'], [92, '\\']] as const) {
  LETTER_OF[unit] = letter.charCodeAt(0);
  UNIT_OF[letter.charCodeAt(0)] = unit;
}
UNIT_OF[47] = 47;

class NotCanonical extends Error {}
const REFUSED = new NotCanonical();

export class CanonicalJson {
  bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  /** The same memory in words of four bytes. */
  words = wordsOf(this.bytes);
  /** Whether the last document held a character beyond ASCII, written or escaped. */
  sawBeyondAscii = false;
  /** Whether anything was written with a backslash: keys are then not what stands between their quotes. */
  private sawEscape = false;
  private at = 0;
  private text = '';
  private i = 0;
  /** Start of member, start of key, end of key: three numbers for each open member of each open object. */
  private readonly members: number[] = [];

  /** Number of bytes written to `bytes`; -1 where the text has no canonical form. */
  render(text: string): number {
    if (this.bytes.length > KEEP_BYTES) this.use(Buffer.allocUnsafeSlow(INITIAL_BYTES));
    this.text = text;
    this.i = 0;
    this.at = 0;
    this.members.length = 0;
    this.sawBeyondAscii = false;
    this.sawEscape = false;
    try {
      this.value(0);
      this.blank();
    } catch (error) {
      if (error === REFUSED) return -1;
      throw error;
    } finally {
      this.text = '';
    }
    return this.i === text.length ? this.at : -1;
  }

  private reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(4 * Math.ceil(Math.max(this.bytes.length * 1.5, this.at + more) / 4));
    this.bytes.copy(larger, 0, 0, this.at);
    this.use(larger);
  }

  private use(bytes: Buffer): void {
    this.bytes = bytes;
    this.words = wordsOf(bytes);
  }

  private blank(): number {
    for (;;) {
      const c = this.text.charCodeAt(this.i);
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return c;
      this.i++;
    }
  }

  private value(depth: number): void {
    if (depth > MAX_DEPTH) throw REFUSED;
    switch (this.blank()) {
      case 123:
        return this.object(depth);
      case 91:
        return this.array(depth);
      case 34:
        return this.string();
      case 116:
        return this.word('true');
      case 102:
        return this.word('false');
      case 110:
        return this.word('null');
      default:
        return this.number();
    }
  }

  private word(word: string): void {
    if (!this.text.startsWith(word, this.i)) throw REFUSED;
    this.i += word.length;
    this.ascii(word);
  }

  private ascii(token: string): void {
    this.reserve(token.length);
    for (let k = 0; k < token.length; k++) this.bytes[this.at + k] = token.charCodeAt(k);
    this.at += token.length;
  }

  private number(): void {
    if (this.shortInteger()) return;
    const token = numberToken(this.text, this.i);
    if (token === null) throw REFUSED;
    this.i = token.end;
    this.ascii(token.text);
  }

  /** Copies a whole number of one to fifteen digits without a sign, as most numbers are. */
  private shortInteger(): boolean {
    const { text, i } = this;
    let end = i;
    let c = text.charCodeAt(end);
    while (c >= 48 && c <= 57) c = text.charCodeAt(++end);
    const digits = end - i;
    if (digits === 0 || digits > 15 || c === 46 || c === 101 || c === 69 || (digits > 1 && text.charCodeAt(i) === 48)) return false;
    this.reserve(digits);
    for (let k = i; k < end; k++) this.bytes[this.at++] = text.charCodeAt(k);
    this.i = end;
    return true;
  }

  /** Writes one or two bytes of punctuation. */
  private mark(first: number, second = -1): void {
    this.reserve(2);
    this.bytes[this.at++] = first;
    if (second >= 0) this.bytes[this.at++] = second;
  }

  private array(depth: number): void {
    this.i++;
    this.mark(91);
    if (this.blank() === 93) this.i++;
    else {
      for (;;) {
        this.value(depth + 1);
        const c = this.blank();
        this.i++;
        if (c === 93) break;
        if (c !== 44) throw REFUSED;
        this.mark(44, 32);
      }
    }
    this.mark(93);
  }

  private object(depth: number): void {
    this.i++;
    this.mark(123);
    const first = this.members.length;
    let ordered = true;
    if (this.blank() === 125) this.i++;
    else {
      for (;;) {
        this.member(depth);
        if (ordered && this.members.length > first + 3) ordered = this.compareKeys(this.members.length - 6, this.members.length - 3) < 0;
        const c = this.blank();
        this.i++;
        if (c === 125) break;
        if (c !== 44) throw REFUSED;
        this.mark(44, 32);
      }
    }
    if (!ordered) this.putInOrder(first);
    this.members.length = first;
    this.mark(125);
  }

  private member(depth: number): void {
    if (this.blank() !== 34) throw REFUSED;
    const start = this.at;
    this.string();
    const end = this.at;
    if (this.blank() !== 58) throw REFUSED;
    this.i++;
    this.mark(58, 32);
    this.value(depth + 1);
    this.members.push(start, start + 1, end - 1);
  }

  /** By length in bytes, then by bytes, of the keys as they are without escapes. */
  private compareKeys(a: number, b: number): number {
    const { members } = this;
    if (!this.sawEscape) {
      const longer = (members[a + 2] as number) - (members[a + 1] as number) - ((members[b + 2] as number) - (members[b + 1] as number));
      if (longer !== 0) return longer;
    }
    const left = this.key(a);
    const right = this.key(b);
    return left.length - right.length || Buffer.compare(left, right);
  }

  private key(member: number): Buffer {
    const written = this.bytes.subarray(this.members[member + 1], this.members[member + 2]);
    return written.includes(92) ? Buffer.from(JSON.parse(`"${written.toString('utf8')}"`) as string) : written;
  }

  private putInOrder(first: number): void {
    const order: number[] = [];
    for (let m = first; m < this.members.length; m += 3) order.push(m);
    order.sort((a, b) => this.compareKeys(a, b));
    for (let k = 1; k < order.length; k++) {
      if (this.compareKeys(order[k - 1] as number, order[k] as number) === 0) throw REFUSED;
    }
    const from = this.members[first] as number;
    const copy = Buffer.from(this.bytes.subarray(from, this.at));
    // A member ends two bytes (comma and blank) before the next one, the last one where the object has come to.
    const endOf = (m: number): number => (m + 3 < this.members.length ? (this.members[m + 3] as number) - 2 : from + copy.length);
    this.at = from;
    for (const [k, m] of order.entries()) {
      if (k > 0) this.mark(44, 32);
      this.at += copy.copy(this.bytes, this.at, (this.members[m] as number) - from, endOf(m) - from);
    }
  }

  private string(): void {
    this.i++;
    this.mark(34);
    for (;;) {
      this.plainRun();
      // Room for the widest that one turn writes: an escape of six bytes.
      this.reserve(6);
      const c = this.text.charCodeAt(this.i);
      if (c === 34) break;
      if (c === 92) this.escape();
      else if (c >= 128) this.unit(c, 1);
      else if (!(c >= 32)) throw REFUSED; // a control character, or NaN: the text ended
    }
    this.i++;
    this.mark(34);
  }

  /** Copies characters that stand for themselves, as far as there is room. */
  private plainRun(): void {
    const { text, bytes } = this;
    const end = bytes.length;
    let { i, at } = this;
    while (at < end) {
      const c = text.charCodeAt(i);
      if (!(c >= 32 && c < 128) || c === 34 || c === 92) break;
      bytes[at++] = c;
      i++;
    }
    this.i = i;
    this.at = at;
  }

  private escape(): void {
    const letter = this.text.charCodeAt(this.i + 1);
    if (letter === 117) {
      this.unit(this.hex4(this.i + 2), 6);
      return;
    }
    const unit = letter < 128 ? (UNIT_OF[letter] as number) : 0;
    if (unit === 0) throw REFUSED;
    this.i += 2;
    this.plain(unit);
  }

  private hex4(at: number): number {
    let value = 0;
    for (let k = at; k < at + 4; k++) {
      const digit = hexDigit(this.text.charCodeAt(k));
      if (digit < 0) throw REFUSED;
      value = value * 16 + digit;
    }
    return value;
  }

  /** One UTF-16 unit that took `width` characters of the text; the other half of a pair must follow. */
  private unit(unit: number, width: number): void {
    this.i += width;
    if (unit < 128) {
      this.plain(unit);
      return;
    }
    this.sawBeyondAscii = true;
    if (unit < 0xd800 || unit > 0xdfff) {
      this.codePoint(unit);
      return;
    }
    if (unit > 0xdbff) throw REFUSED;
    const escaped = this.text.charCodeAt(this.i) === 92 && this.text.charCodeAt(this.i + 1) === 117;
    const low = escaped ? this.hex4(this.i + 2) : this.text.charCodeAt(this.i);
    if (!(low >= 0xdc00 && low <= 0xdfff)) throw REFUSED;
    this.i += escaped ? 6 : 1;
    this.codePoint(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
  }

  private codePoint(p: number): void {
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

  /** A decoded ASCII character, escaped again where jsonb does. */
  private plain(unit: number): void {
    if (unit === 0) throw REFUSED;
    const letter = LETTER_OF[unit] as number;
    this.sawEscape ||= letter !== 0 || unit < 32;
    if (letter !== 0) this.mark(92, letter);
    else if (unit < 32) this.ascii(`\\u00${unit.toString(16).padStart(2, '0')}`);
    else this.mark(unit);
  }
}

function wordsOf(bytes: Buffer): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

function hexDigit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  const lower = c | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
