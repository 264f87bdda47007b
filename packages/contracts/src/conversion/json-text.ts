/**
 * Decides whether a text may become jsonb without losing anything: valid RFC 8259 JSON, no duplicate keys (jsonb keeps
 * only the last), no \u0000 and no lone surrogate escape (jsonb refuses both). Key order and blanks are not values.
 */

export type JsonVerdict = 'ok' | 'invalid' | 'duplicate_key' | 'nul' | 'surrogate' | 'deep' | 'number';

/** jsonb's own limit is its stack; past this depth documents are not data but accidents. */
const MAX_DEPTH = 500;
/** numeric holds 131,072 digits before the point and 16,383 after it; exponents far below that are certainly safe. */
const SAFE_EXPONENT = 1_000;

/** Up to this many keys, comparing in place beats a set. */
const FEW_KEYS = 8;

class JsonScan {
  readonly s: string;
  i = 0;
  verdict: JsonVerdict = 'ok';
  /** Whether the last string had an escape. */
  escaped = false;

  constructor(s: string) {
    this.s = s;
  }

  fail(verdict: JsonVerdict): false {
    if (this.verdict === 'ok') this.verdict = verdict;
    return false;
  }

  blank(): void {
    for (;;) {
      const c = this.s.charCodeAt(this.i);
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return;
      this.i++;
    }
  }

  value(depth: number): boolean {
    this.blank();
    switch (this.s.charCodeAt(this.i)) {
      case 123:
        return depth < MAX_DEPTH ? this.object(depth) : this.fail('deep');
      case 91:
        return depth < MAX_DEPTH ? this.array(depth) : this.fail('deep');
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

  word(word: string): boolean {
    if (!this.s.startsWith(word, this.i)) return this.fail('invalid');
    this.i += word.length;
    return true;
  }

  array(depth: number): boolean {
    this.i++;
    this.blank();
    if (this.s.charCodeAt(this.i) === 93) return ++this.i > 0;
    for (;;) {
      if (!this.value(depth + 1)) return false;
      this.blank();
      const c = this.s.charCodeAt(this.i++);
      if (c === 93) return true;
      if (c !== 44) return this.fail('invalid');
    }
  }

  object(depth: number): boolean {
    this.i++;
    this.blank();
    if (this.s.charCodeAt(this.i) === 125) return ++this.i > 0;
    // Bounds of the keys so far, as pairs; a set of texts only where there are many or where one has an escape.
    const bounds: number[] = [];
    let texts: Set<string> | undefined;
    for (;;) {
      this.blank();
      const start = this.i + 1;
      this.escaped = false;
      if (!this.string()) return false;
      const end = this.i - 1;
      if (texts === undefined && (this.escaped || bounds.length >= FEW_KEYS * 2)) texts = this.textsOf(bounds);
      if (texts === undefined ? this.repeats(bounds, start, end) : texts.size === texts.add(this.keyText(start, end)).size) return this.fail('duplicate_key');
      bounds.push(start, end);
      this.blank();
      if (this.s.charCodeAt(this.i++) !== 58) return this.fail('invalid');
      if (!this.value(depth + 1)) return false;
      this.blank();
      const c = this.s.charCodeAt(this.i++);
      if (c === 125) return true;
      if (c !== 44) return this.fail('invalid');
    }
  }

  /** Whether the key between the bounds is one of those before: compared in place, without making strings. */
  repeats(bounds: readonly number[], start: number, end: number): boolean {
    const { s } = this;
    for (let k = 0; k < bounds.length; k += 2) {
      const other = bounds[k] as number;
      if ((bounds[k + 1] as number) - other !== end - start) continue;
      let at = 0;
      while (at < end - start && s.charCodeAt(other + at) === s.charCodeAt(start + at)) at++;
      if (at === end - start) return true;
    }
    return false;
  }

  textsOf(bounds: readonly number[]): Set<string> {
    const texts = new Set<string>();
    for (let k = 0; k < bounds.length; k += 2) texts.add(this.keyText(bounds[k] as number, bounds[k + 1] as number));
    return texts;
  }

  keyText(start: number, end: number): string {
    const raw = this.s.slice(start, end);
    return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
  }

  string(): boolean {
    if (this.s.charCodeAt(this.i) !== 34) return this.fail('invalid');
    this.i++;
    for (;;) {
      const c = this.s.charCodeAt(this.i);
      if (c === 34) {
        this.i++;
        return true;
      }
      if (c === 92) {
        this.escaped = true;
        if (!this.escape()) return false;
      } else if (c >= 32) this.i++;
      else return this.fail('invalid'); // a control character, or NaN at the end of the text
    }
  }

  escape(): boolean {
    const c = this.s.charCodeAt(this.i + 1);
    if (c !== 117) {
      this.i += 2;
      return c > 0 && '"\\/bfnrt'.includes(String.fromCharCode(c)) ? true : this.fail('invalid');
    }
    const unit = this.hex4(this.i + 2);
    this.i += 6;
    if (Number.isNaN(unit)) return this.fail('invalid');
    if (unit === 0) return this.fail('nul');
    if (unit < 0xd800 || unit > 0xdfff) return true;
    if (unit > 0xdbff || this.s.charCodeAt(this.i) !== 92 || this.s.charCodeAt(this.i + 1) !== 117) return this.fail('surrogate');
    const low = this.hex4(this.i + 2);
    this.i += 6;
    return low >= 0xdc00 && low <= 0xdfff ? true : this.fail('surrogate');
  }

  hex4(at: number): number {
    const text = this.s.slice(at, at + 4);
    return /^[0-9a-fA-F]{4}$/.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  }

  number(): boolean {
    const start = this.i;
    if (this.s.charCodeAt(this.i) === 45) this.i++;
    const lead = this.s.charCodeAt(this.i);
    if (!this.digits()) return this.fail('invalid');
    if (lead === 48 && this.i - start > (this.s.charCodeAt(start) === 45 ? 2 : 1)) return this.fail('invalid');
    if (this.s.charCodeAt(this.i) === 46) {
      this.i++;
      if (!this.digits()) return this.fail('invalid');
    }
    const e = this.s.charCodeAt(this.i);
    if (e === 101 || e === 69) {
      const sign = this.s.charCodeAt(++this.i);
      if (sign === 43 || sign === 45) this.i++;
      const from = this.i;
      if (!this.digits()) return this.fail('invalid');
      if (Number(this.s.slice(from, this.i)) > SAFE_EXPONENT) return this.fail('number');
    }
    return this.i - start <= 10_000 ? true : this.fail('number');
  }

  digits(): boolean {
    const from = this.i;
    for (;;) {
      const c = this.s.charCodeAt(this.i);
      if (!(c >= 48 && c <= 57)) return this.i > from;
      this.i++;
    }
  }
}

export function jsonVerdict(text: string): JsonVerdict {
  const scan = new JsonScan(text);
  if (!scan.value(0)) return scan.verdict;
  scan.blank();
  return scan.i === text.length ? 'ok' : 'invalid';
}
