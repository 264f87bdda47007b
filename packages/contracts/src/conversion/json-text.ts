/**
 * Decides whether a text may become jsonb without losing anything: valid RFC 8259 JSON, no duplicate keys (jsonb keeps
 * only the last), no \u0000 and no lone surrogate escape (jsonb refuses both). Key order and blanks are not values.
 * One loop with its position in a local variable: as methods on an object it took twice the time, once for every cell.
 */

export type JsonVerdict = 'ok' | 'invalid' | 'duplicate_key' | 'nul' | 'surrogate' | 'deep' | 'number';

/** jsonb's own limit is its stack; past this depth documents are not data but accidents. */
const MAX_DEPTH = 500;
/** numeric holds 131,072 digits before the point and 16,383 after it; exponents far below that are certainly safe. */
const SAFE_EXPONENT = 1_000;
const MAX_NUMBER_LENGTH = 10_000;
/** Up to this many keys of an object, comparing them in place beats a set of texts. */
const FEW_KEYS = 8;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;

/** What a scan of a string or number met, where it could not go on. */
let problem: JsonVerdict = 'ok';
/** Whether the last string had an escape. */
let escaped = false;

/** The keys of one open object: bounds in the text, or texts once there are many or one has an escape. */
class KeysOfObject {
  private readonly bounds: number[] = [];
  private texts: Set<string> | undefined;

  /** False where the key was there before. */
  add(s: string, start: number, end: number, withEscape: boolean): boolean {
    if (this.texts === undefined && (withEscape || this.bounds.length >= FEW_KEYS * 2)) this.texts = this.textsSoFar(s);
    if (this.texts !== undefined) {
      const before = this.texts.size;
      return this.texts.add(keyText(s, start, end)).size > before;
    }
    if (this.repeats(s, start, end)) return false;
    this.bounds.push(start, end);
    return true;
  }

  private repeats(s: string, start: number, end: number): boolean {
    const { bounds } = this;
    for (let k = 0; k < bounds.length; k += 2) {
      const other = bounds[k] as number;
      if ((bounds[k + 1] as number) - other !== end - start) continue;
      let at = 0;
      while (at < end - start && s.charCodeAt(other + at) === s.charCodeAt(start + at)) at++;
      if (at === end - start) return true;
    }
    return false;
  }

  private textsSoFar(s: string): Set<string> {
    const texts = new Set<string>();
    for (let k = 0; k < this.bounds.length; k += 2) texts.add(keyText(s, this.bounds[k] as number, this.bounds[k + 1] as number));
    return texts;
  }
}

function keyText(s: string, start: number, end: number): string {
  const raw = s.slice(start, end);
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}

export function jsonVerdict(s: string): JsonVerdict {
  problem = 'ok';
  // Open containers: the keys of an object, or null for an array.
  const open: (KeysOfObject | null)[] = [];
  let i = skipBlank(s, 0);
  for (;;) {
    // A value begins at i.
    const c = s.charCodeAt(i);
    if (c === 123 || c === 91) {
      if (open.length >= MAX_DEPTH) return 'deep';
      const empty = skipBlank(s, i + 1);
      if (s.charCodeAt(empty) === c + 2) i = empty + 1;
      else {
        open.push(c === 123 ? new KeysOfObject() : null);
        i = c === 123 ? afterKey(s, empty, open.at(-1) as KeysOfObject) : empty;
        if (i < 0) return problem;
        continue;
      }
    } else {
      i = c === QUOTE ? afterString(s, i) : afterAtom(s, i, c);
      if (i < 0) return problem;
    }
    // A value has ended before i: close what ends with it, and find where the next one begins.
    for (;;) {
      i = skipBlank(s, i);
      if (open.length === 0) return i === s.length ? 'ok' : 'invalid';
      const keys = open[open.length - 1] as KeysOfObject | null;
      const next = s.charCodeAt(i);
      if (next === COMMA) {
        i = skipBlank(s, i + 1);
        if (keys !== null) i = afterKey(s, i, keys);
        if (i < 0) return problem;
        break;
      }
      if (next !== (keys === null ? 93 : 125)) return 'invalid';
      open.pop();
      i++;
    }
  }
}

function skipBlank(s: string, from: number): number {
  let i = from;
  for (;;) {
    const c = s.charCodeAt(i);
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return i;
    i++;
  }
}

function fail(verdict: JsonVerdict): -1 {
  problem = verdict;
  return -1;
}

/** From a key to where its value begins. */
function afterKey(s: string, from: number, keys: KeysOfObject): number {
  if (s.charCodeAt(from) !== QUOTE) return fail('invalid');
  const end = afterString(s, from);
  if (end < 0) return end;
  if (!keys.add(s, from + 1, end - 1, escaped)) return fail('duplicate_key');
  const colon = skipBlank(s, end);
  return s.charCodeAt(colon) === COLON ? skipBlank(s, colon + 1) : fail('invalid');
}

function afterString(s: string, from: number): number {
  escaped = false;
  let i = from + 1;
  for (;;) {
    const c = s.charCodeAt(i);
    if (c === QUOTE) return i + 1;
    if (c === BACKSLASH) {
      escaped = true;
      i = afterEscape(s, i);
      if (i < 0) return i;
    } else if (c >= 32) i++;
    else return fail('invalid'); // a control character, or NaN at the end of the text
  }
}

function afterEscape(s: string, from: number): number {
  const c = s.charCodeAt(from + 1);
  if (c !== 117) return c > 0 && '"\\/bfnrt'.includes(String.fromCharCode(c)) ? from + 2 : fail('invalid');
  const unit = hex4(s, from + 2);
  if (Number.isNaN(unit)) return fail('invalid');
  if (unit === 0) return fail('nul');
  if (unit < 0xd800 || unit > 0xdfff) return from + 6;
  if (unit > 0xdbff || s.charCodeAt(from + 6) !== BACKSLASH || s.charCodeAt(from + 7) !== 117) return fail('surrogate');
  const low = hex4(s, from + 8);
  return low >= 0xdc00 && low <= 0xdfff ? from + 12 : fail('surrogate');
}

function hex4(s: string, at: number): number {
  const text = s.slice(at, at + 4);
  return /^[0-9a-fA-F]{4}$/.test(text) ? Number.parseInt(text, 16) : Number.NaN;
}

/** true, false, null or a number. */
function afterAtom(s: string, from: number, first: number): number {
  if (first === 116) return s.startsWith('true', from) ? from + 4 : fail('invalid');
  if (first === 102) return s.startsWith('false', from) ? from + 5 : fail('invalid');
  if (first === 110) return s.startsWith('null', from) ? from + 4 : fail('invalid');
  return afterNumber(s, from);
}

function afterNumber(s: string, from: number): number {
  const start = s.charCodeAt(from) === 45 ? from + 1 : from;
  let i = afterDigits(s, start);
  if (i === start || (s.charCodeAt(start) === 48 && i > start + 1)) return fail('invalid');
  if (s.charCodeAt(i) === 46) {
    const fraction = i + 1;
    i = afterDigits(s, fraction);
    if (i === fraction) return fail('invalid');
  }
  if ((s.charCodeAt(i) | 32) === 101) {
    const sign = s.charCodeAt(i + 1);
    const digits = sign === 43 || sign === 45 ? i + 2 : i + 1;
    i = afterDigits(s, digits);
    if (i === digits) return fail('invalid');
    if (Number(s.slice(digits, i)) > SAFE_EXPONENT) return fail('number');
  }
  return i - from <= MAX_NUMBER_LENGTH ? i : fail('number');
}

function afterDigits(s: string, from: number): number {
  let i = from;
  for (;;) {
    const c = s.charCodeAt(i);
    if (!(c >= 48 && c <= 57)) return i;
    i++;
  }
}
