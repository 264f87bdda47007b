/** SQLite's scalar functions by name and number of arguments. */
import type { Context } from './context.ts';
import { coalesce, extreme, ifThenElse, jsonValid, nullIf, typeOf } from './functions-any.ts';
import { abs, round } from './functions-number.ts';
import { calendar, strftime } from './functions-date.ts';
import { changeCase, hex, instr, length, replace, substr, trim, unicode } from './functions-text.ts';
import { jsonExtract } from './json-value.ts';
import { Untranslatable } from './untranslatable.ts';
import type { Value } from './value.ts';

interface ScalarFunction {
  readonly least: number;
  readonly most: number;
  readonly make: (args: readonly Value[], context: Context) => Value;
}

const fn = (least: number, most: number, make: ScalarFunction['make']): ScalarFunction => ({ least, most, make });
const same = (args: readonly Value[]): Value => ({ ...(args[0] as Value), affinity: 'none', collation: null });

const FUNCTIONS: ReadonlyMap<string, ScalarFunction> = new Map([
  ['abs', fn(1, 1, abs)],
  ['coalesce', fn(2, 127, coalesce)],
  ['date', fn(1, 1, (a, c) => calendar(a, 'date', c))],
  ['datetime', fn(1, 1, (a, c) => calendar(a, 'datetime', c))],
  ['hex', fn(1, 1, hex)],
  ['if', fn(2, 127, ifThenElse)],
  ['ifnull', fn(2, 2, coalesce)],
  ['iif', fn(2, 127, ifThenElse)],
  ['instr', fn(2, 2, instr)],
  ['json_extract', fn(2, 2, jsonExtract)],
  ['json_valid', fn(1, 1, jsonValid)],
  ['length', fn(1, 1, length)],
  ['likelihood', fn(2, 2, same)],
  ['likely', fn(1, 1, same)],
  ['lower', fn(1, 1, (a) => changeCase(a, 'lower'))],
  ['ltrim', fn(1, 2, (a) => trim(a, 'ltrim'))],
  ['max', fn(2, 127, (a) => extreme('max', a))],
  ['min', fn(2, 127, (a) => extreme('min', a))],
  ['nullif', fn(2, 2, nullIf)],
  ['replace', fn(3, 3, replace)],
  ['round', fn(1, 2, round)],
  ['rtrim', fn(1, 2, (a) => trim(a, 'rtrim'))],
  ['strftime', fn(2, 2, strftime)],
  ['substr', fn(2, 3, substr)],
  ['substring', fn(2, 3, substr)],
  ['time', fn(1, 1, (a, c) => calendar(a, 'time', c))],
  ['trim', fn(1, 2, (a) => trim(a, 'btrim'))],
  ['typeof', fn(1, 1, typeOf)],
  ['unicode', fn(1, 1, unicode)],
  ['unlikely', fn(1, 1, same)],
  ['upper', fn(1, 1, (a) => changeCase(a, 'upper'))],
]);

export function translateCall(name: string, args: readonly Value[], context: Context): Value {
  const known = FUNCTIONS.get(name);
  const changing = context.volatile?.(name, args) ?? null;
  if (changing !== null) return changing;
  if (known === undefined || args.length < known.least || args.length > known.most) {
    throw new Untranslatable(`the function ${name}() with ${args.length} argument${args.length === 1 ? '' : 's'} has no counterpart here`);
  }
  return known.make(args, context);
}
