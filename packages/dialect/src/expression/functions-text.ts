/** Functions of text. SQLite counts code points, knows the case of A–Z only, and trims blanks only. */
import { foldedAscii, raisedAscii } from './ascii-case.ts';
import type { Context } from './context.ts';
import { asInteger, isNumber } from './numeric-form.ts';
import { asText } from './text-match.ts';
import { Untranslatable } from './untranslatable.ts';
import { intValue, LENGTH, NULL_VALUE, rangeOf, textValue, type Value, within } from './value.ts';

const anyNull = (args: readonly Value[]): boolean => args.some((v) => v.kind === 'null');

export function length([value]: readonly Value[]): Value {
  const v = value as Value;
  if (v.kind === 'null') return NULL_VALUE;
  return intValue(v.kind === 'blob' ? `octet_length(${v.sql})` : `char_length(${asText(v)})`, LENGTH);
}

export function changeCase(args: readonly Value[], to: 'lower' | 'upper'): Value {
  const [v] = args as [Value];
  if (v.kind === 'null') return NULL_VALUE;
  return textValue(to === 'lower' ? foldedAscii(asText(v)) : raisedAscii(asText(v)));
}

export function trim(args: readonly Value[], name: 'btrim' | 'ltrim' | 'rtrim'): Value {
  if (anyNull(args)) return NULL_VALUE;
  const [text, characters] = args.map(asText);
  return textValue(`${name}(${text}, ${characters ?? "' '"})`);
}

/** Nothing to look for leaves the text as it is, even where the replacement is NULL. */
export function replace(args: readonly Value[]): Value {
  const [text, search, by] = args as [Value, Value, Value];
  if (text.kind === 'null' || search.kind === 'null') return NULL_VALUE;
  const [x, y] = [asText(text), asText(search)];
  const z = by.kind === 'null' ? 'NULL' : asText(by);
  const call = `replace(${x}, ${y}, ${z})`;
  if (by.constant !== undefined || (search.constant?.kind === 'text' && search.constant.value !== '')) return textValue(call);
  return textValue(`(CASE WHEN ${y} = '' THEN ${x} ELSE ${call} END)`);
}

export function instr(args: readonly Value[]): Value {
  if (anyNull(args)) return NULL_VALUE;
  return intValue(`strpos(${args.map(asText).join(', ')})`, LENGTH);
}

export function unicode([value]: readonly Value[]): Value {
  const v = value as Value;
  return v.kind === 'null' ? NULL_VALUE : intValue(`ascii(nullif(${asText(v)}, ''))`, { min: 0n, max: 0x10ffffn });
}

/** hex(NULL) is the empty text in SQLite. */
export function hex([value]: readonly Value[], context: Context): Value {
  const v = value as Value;
  if (v.kind === 'null') return textValue("''");
  if (v.kind === 'blob') return textValue(`coalesce(upper(encode(${v.sql}, 'hex')), '')`);
  // convert_to() is not immutable in PostgreSQL's catalogue.
  context.state.immutable = false;
  return textValue(`coalesce(upper(encode(convert_to(${asText(v)}, 'UTF8'), 'hex')), '')`);
}

const INT32 = { min: -2147483648n, max: 2147483647n };

/**
 * Positions before the text's beginning clip in the same way on both sides. A negative position counts from the end;
 * a negative length means the characters before the position, which PostgreSQL refuses.
 */
export function substr(args: readonly Value[]): Value {
  if (anyNull(args)) return NULL_VALUE;
  const [value, from, count] = args as [Value, Value, Value | undefined];
  const text = asText(value);
  const start = startPosition(text, position(from), rangeOf(from));
  if (count === undefined) return textValue(`substr(${text}, ${start})`);
  const size = position(count);
  if (rangeOf(count).min < 0n) throw new Untranslatable('substr() with a length that may be negative');
  return textValue(`substr(${text}, ${start}, ${size})`);
}

function startPosition(text: string, from: string, range: { readonly min: bigint; readonly max: bigint }): string {
  if (range.min >= 0n) return from;
  const fromEnd = `char_length(${text}) + ${from} + 1`;
  // Far before the beginning the sum would leave 32 bits.
  if (range.min < -1_073_741_824n) throw new Untranslatable('substr() with a position that may be far before the beginning');
  return range.max < 0n ? fromEnd : `(CASE WHEN ${from} < 0 THEN ${fromEnd} ELSE ${from} END)`;
}

/** PostgreSQL's substr takes 32-bit positions. */
function position(v: Value): string {
  if (!isNumber(v) || v.kind === 'real' || v.kind === 'mixed') throw new Untranslatable('substr() with a position that is not an integer');
  if (!within(rangeOf(v), INT32)) throw new Untranslatable('substr() with a position of 64 bits');
  return v.constant?.kind === 'int' ? `(${v.constant.value})` : `${asInteger(v)}::integer`;
}

export function concat(left: Value, right: Value): Value {
  if (left.kind === 'null' || right.kind === 'null') return NULL_VALUE;
  return textValue(`(${asText(left)} || ${asText(right)})`);
}
