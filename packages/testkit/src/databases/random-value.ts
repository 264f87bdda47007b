/** Random values of every storage class, drawn where things break rather than evenly. */
import type { SeededRandom } from '../seeded-random.ts';

/** A value to bind; `text` are the bytes of a TEXT, which need not be valid in the database's encoding. */
export type RandomValue = null | bigint | number | string | Buffer | { readonly text: Buffer };

const INTEGERS = [0n, 1n, -1n, 2n, 7n, 255n, 32_767n, 32_768n, 2_147_483_647n, -2_147_483_649n, 4_294_967_296n, 9_007_199_254_740_991n, 9_007_199_254_740_993n, -9_007_199_254_740_993n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n, 1_627_303_906n, 1_627_303_906_122n];
const REALS = [0, -0, 0.1, 0.1 + 0.2, 1.5, -2.5, 12.345, 1e15, 1e16, 1e22, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1 / 3, 2_459_422.0359, 9_007_199_254_740_992, 1e19, 99_999.99];
const TEXTS = ['', ' ', 'a', 'A', 'a ', '0', '1', '-1', '1.0', '1e5', 'NaN', 'inf', 'NULL', 'null', 'true', 't', '\\N', '\\.', 'a\0b', '\0', 'tab\t', 'line\n', 'cr\r\n', "it's", '"q"', 'ä', 'e\u0301', '\ufffd', '👍🏽', '\ufeffbom', 'now', 'infinity', '0000-00-00', '2024-02-30', '[]', '{"a":1,"a":2}', '{"a":"\\u0000"}', '{"n":1e400}'];
const BAD_TEXTS = ['80', 'c3', 'c0af', 'eda080', 'f4908080', 'fffe', 'e282', '61ff62'];

export function anyValue(random: SeededRandom): RandomValue {
  switch (random.integer(0, 11)) {
    case 0:
      return null;
    case 1:
    case 2:
      return anyInteger(random);
    case 3:
    case 4:
      return anyReal(random);
    case 5:
      return random.oneIn(4) ? { text: Buffer.from(random.pick(BAD_TEXTS), 'hex') } : random.pick(TEXTS);
    case 6:
      return random.bytes(random.pick([0, 1, 2, 16, 100]));
    case 7:
      return random.oneIn(60) ? random.bytes(60_000) : anyText(random);
    default:
      return anyText(random);
  }
}

export function anyInteger(random: SeededRandom): bigint {
  return random.oneIn(2) ? random.pick(INTEGERS) : random.oneIn(2) ? random.int64() : BigInt(random.integer(-300, 300));
}

/** NaN is no value of SQLite: it would be stored as NULL. */
export function anyReal(random: SeededRandom): number {
  if (random.oneIn(2)) return random.pick(REALS);
  const bits = Buffer.alloc(8);
  bits.writeBigInt64BE(random.int64());
  const value = bits.readDoubleBE();
  return Number.isNaN(value) ? random.fraction() : value;
}

export function anyText(random: SeededRandom): string {
  if (random.oneIn(3)) return random.pick(TEXTS);
  const length = random.pick([1, 3, 8, 40, 300]);
  let out = '';
  while (out.length < length) out += String.fromCodePoint(anyCodePoint(random));
  return out;
}

/** Any code point but surrogates, mostly ASCII; NUL is rare, or nothing would ever arrive. */
function anyCodePoint(random: SeededRandom): number {
  if (!random.oneIn(4)) return random.integer(0x20, 0x7e);
  if (random.oneIn(40)) return 0;
  const point = random.integer(1, 0x10ffff - 0x800);
  return point < 0xd800 ? point : point + 0x800;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** A value that suits the declared type, as an application would write it. */
export function plausibleValue(declared: string, random: SeededRandom): RandomValue {
  const type = declared.toLowerCase();
  if (type.startsWith('bool') || type === 'tinyint(1)') return BigInt(random.integer(0, 1));
  if (/^(date|time)/.test(type)) return moment(type, random);
  if (/decimal|numeric|money/.test(type)) return random.integer(-99_999, 99_999) / 100;
  if (/uuid|char\(3[26]\)/.test(type)) return uuid(type.includes('32'), random);
  if (type === 'json') return JSON.stringify({ n: random.integer(-9, 9), t: anyText(random).replaceAll('\0', ''), list: [null, true, random.fraction()] });
  if (type.includes('int')) return random.oneIn(9) ? anyInteger(random) : BigInt(random.integer(-5, 2_000_000));
  if (/char|text|clob/.test(type)) return anyText(random).replaceAll('\0', '').slice(0, random.oneIn(9) ? 300 : 8);
  if (/blob|bytea/.test(type)) return random.bytes(random.integer(0, 40));
  if (/real|doub|floa/.test(type)) return anyReal(random);
  return anyValue(random);
}

function moment(type: string, random: SeededRandom): string {
  const day = `${random.integer(1, 9999).toString().padStart(4, '0')}-${two(random.integer(1, 12))}-${two(random.integer(1, 28))}`;
  const clock = `${two(random.integer(0, 23))}:${two(random.integer(0, 59))}:${two(random.integer(0, 59))}`;
  const digits = random.integer(0, 6);
  const fraction = digits === 0 ? '' : `.${String(random.integer(0, 10 ** digits - 1)).padStart(digits, '0')}`;
  if (type === 'date') return day;
  if (type === 'time') return clock + fraction;
  return `${day}${random.pick([' ', ' ', 'T'])}${clock}${fraction}${random.pick(['', '', '', 'Z', '+05:30', '-03:00'])}`;
}

function uuid(compact: boolean, random: SeededRandom): string {
  const hex = random.bytes(16).toString('hex');
  return compact ? hex : hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
