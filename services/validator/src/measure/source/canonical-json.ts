/**
 * Writes a JSON document as PostgreSQL's jsonb prints it, in one pass and without a tree: members are written as they
 * come and put in order at the end of their object where they were not. Numbers keep every digit. What jsonb would
 * drop (a repeated key) or refuse (\u0000, half a surrogate pair) has no canonical form.
 */
import { JsonBytes } from './json-bytes.ts';
import { JsonMembers } from './json-members.ts';
import { numberToken } from './json-number.ts';

/** Deeper documents are accidents; PostgreSQL's own limit is its stack. */
const MAX_DEPTH = 2_000;

/** Unit that a letter after the backslash stands for; 0: no such escape. */
const UNIT_OF = new Uint8Array(128);
for (const [letter, unit] of [['b', 8], ['t', 9], ['n', 10], ['f', 12], ['r', 13], ['"', 34], ['/', 47], ['\\', 92]] as const) UNIT_OF[letter.charCodeAt(0)] = unit;

class NotCanonical extends Error {}
const REFUSED = new NotCanonical();

export class CanonicalJson {
  readonly out = new JsonBytes();
  /** Whether the last document held a character beyond ASCII, written or escaped. */
  sawBeyondAscii = false;
  private readonly members = new JsonMembers(this.out);
  private text = '';
  private i = 0;

  /** Number of bytes written to `out`; -1 where the text has no canonical form. */
  render(text: string): number {
    this.text = text;
    this.i = 0;
    this.out.clear();
    this.members.drop(0);
    this.sawBeyondAscii = false;
    try {
      this.value(0);
      this.blank();
    } catch (error) {
      if (error === REFUSED) return -1;
      throw error;
    } finally {
      this.text = '';
    }
    return this.i === text.length ? this.out.at : -1;
  }

  /** Skips blanks; returns the character behind them, -1 at the end: NaN would turn every comparison into a double's. */
  private blank(): number {
    const { text } = this;
    let { i } = this;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c > 32 || (c !== 32 && c !== 10 && c !== 13 && c !== 9)) {
        this.i = i;
        return c;
      }
    }
    this.i = i;
    return -1;
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
    this.out.ascii(word);
  }

  private number(): void {
    if (this.shortInteger()) return;
    const token = numberToken(this.text, this.i);
    if (token === null) throw REFUSED;
    this.i = token.end;
    this.out.ascii(token.text);
  }

  /** Copies a whole number of one to fifteen digits without a sign, as most numbers are. */
  private shortInteger(): boolean {
    const { text, i, out } = this;
    let end = i;
    let c = text.charCodeAt(end);
    while (c >= 48 && c <= 57) c = text.charCodeAt(++end);
    const digits = end - i;
    if (digits === 0 || digits > 15 || c === 46 || c === 101 || c === 69 || (digits > 1 && text.charCodeAt(i) === 48)) return false;
    out.reserve(digits);
    for (let k = i; k < end; k++) out.bytes[out.at++] = text.charCodeAt(k);
    this.i = end;
    return true;
  }

  private array(depth: number): void {
    this.i++;
    this.out.mark(91);
    if (this.blank() === 93) this.i++;
    else {
      do this.value(depth + 1);
      while (this.goesOn(93));
    }
    this.out.mark(93);
  }

  private object(depth: number): void {
    this.i++;
    this.out.mark(123);
    const first = this.members.mark;
    let ordered = true;
    if (this.blank() === 125) this.i++;
    else {
      do {
        this.member(depth);
        ordered &&= this.members.lastIsInOrder(first);
      } while (this.goesOn(125));
    }
    if (!ordered && !this.members.putInOrder(first)) throw REFUSED;
    this.members.drop(first);
    this.out.mark(125);
  }

  /** After an element: true behind a comma, false behind the closing bracket. */
  private goesOn(closing: number): boolean {
    const c = this.blank();
    this.i++;
    if (c === closing) return false;
    if (c !== 44) throw REFUSED;
    this.out.mark(44, 32);
    return true;
  }

  private member(depth: number): void {
    if (this.blank() !== 34) throw REFUSED;
    const start = this.out.at;
    this.string();
    const keyEnd = this.out.at;
    if (this.blank() !== 58) throw REFUSED;
    this.i++;
    this.out.mark(58, 32);
    this.value(depth + 1);
    this.members.add(start, keyEnd);
  }

  private string(): void {
    this.out.mark(34);
    this.i++;
    for (;;) {
      this.i = this.out.plainRun(this.text, this.i);
      const c = this.text.charCodeAt(this.i);
      if (c === 34) break;
      if (c === 92) this.escape();
      else if (c >= 128) this.unit(c, 1);
      else if (c >= 32) this.out.reserve(1); // the run ended because the room did
      else throw REFUSED; // a control character, or NaN: the text ended
    }
    this.i++;
    this.out.mark(34);
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
    this.out.character(unit);
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
    if (unit === 0) throw REFUSED;
    if (unit < 128) {
      this.out.character(unit);
      return;
    }
    this.sawBeyondAscii = true;
    if (unit < 0xd800 || unit > 0xdfff) {
      this.out.codePoint(unit);
      return;
    }
    if (unit > 0xdbff) throw REFUSED;
    const escaped = this.text.charCodeAt(this.i) === 92 && this.text.charCodeAt(this.i + 1) === 117;
    const low = escaped ? this.hex4(this.i + 2) : this.text.charCodeAt(this.i);
    if (!(low >= 0xdc00 && low <= 0xdfff)) throw REFUSED;
    this.i += escaped ? 6 : 1;
    this.out.codePoint(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
  }
}

function hexDigit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  const lower = c | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
