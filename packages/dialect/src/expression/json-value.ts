/**
 * `json_extract(x, path)` and `x ->> path` of a generated column: https://www.sqlite.org/json1.html
 *
 * SQLite decides the class of the result row by row; here the column that stores it does. So a translation is never exact, and holds
 * because the values that are there prove it. A value of another class gives NULL, where SQLite keeps it as it is.
 */
import { quoteLiteral } from '@causeway/contracts/identifier';
import type { TargetType } from '../column-scope.ts';
import type { Context } from './context.ts';
import { Untranslatable } from './untranslatable.ts';
import { boolValue, INT64, intValue, mixedValue, NULL_VALUE, realValue, textValue, type Value } from './value.ts';

/** A value in a JSON document, as PostgreSQL text of type `type`. */
export interface JsonPlace {
  readonly sql: string;
  readonly type: 'json' | 'jsonb';
}

export function jsonExtract([document, path]: readonly Value[], context: Context): Value {
  if (path?.constant?.kind !== 'text') throw new Untranslatable('json_extract() with a path that is not a constant');
  return placeValue(document as Value, stepsOf(path.constant.value), context);
}

/** A label or a number is a step by itself. */
export function jsonArrow(document: Value, path: Value, context: Context): Value {
  const { constant } = path;
  if (constant?.kind === 'int' && constant.value >= 0n) return placeValue(document, [Number(constant.value)], context);
  if (constant?.kind !== 'text') throw new Untranslatable('->> with a path that is not a constant');
  return placeValue(document, constant.value.startsWith('$') ? stepsOf(constant.value) : [constant.value], context);
}

function placeValue(document: Value, steps: readonly (string | number)[], context: Context): Value {
  if (context.generated !== true) throw new Untranslatable('a value of a JSON document outside of a generated column');
  if (document.kind === 'null') return NULL_VALUE;
  const place = steps.reduce<JsonPlace>(({ sql, type }, step) => ({ sql: `(${sql} -> ${typeof step === 'number' ? step : quoteLiteral(step)})`, type }), root(document));
  context.notes.add('a value of a JSON document: it holds where the values there are of one class');
  return { ...jsonText(place), json: place };
}

/** Of text, as json: it keeps the spelling, and what cannot be in jsonb. */
function root({ column, kind, raw, sql }: Value): JsonPlace {
  if (column?.type === 'jsonb') return { sql: raw ?? sql, type: 'jsonb' };
  if (kind === 'text') return { sql: `(${raw ?? sql})::json`, type: 'json' };
  throw new Untranslatable('a value of a JSON document that is neither jsonb nor text');
}

const STEP = /\.(?:"([^"\\]+)"|([^."[\]]+))|\[(\d{1,9})\]|\[#-(\d{1,9})\]/y;

function stepsOf(path: string): (string | number)[] {
  if (!path.startsWith('$')) throw new Untranslatable(`the JSON path ${path}`);
  const steps: (string | number)[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const at = STEP.lastIndex;
    const found = STEP.exec(path);
    if (found === null) throw new Untranslatable(`the JSON path ${path.slice(at)}`);
    const [, quoted, plain, index, fromEnd] = found;
    steps.push(quoted ?? plain ?? (index === undefined ? -Number(fromEnd) : Number(index)));
  }
  return steps;
}

/** The value as the column of this type stores it; null where such a column holds something else than numbers, truth and text. */
export function jsonAs(place: JsonPlace, type: TargetType): Value | null {
  switch (type) {
    case 'int2':
    case 'int4':
    case 'int8':
      return intValue(inClasses(place, `CASE WHEN abs(${number(place)}) < 9e18 AND trunc(${number(place)}) = ${number(place)} THEN ${number(place)}::bigint END`, TRUTH_AS_INTEGER), INT64, true);
    case 'float8':
      return realValue(inClasses(place, `CASE WHEN ${number(place)} = 0 OR (abs(${number(place)}) > 1e-307 AND abs(${number(place)}) < 1e308) THEN ${text(place)}::double precision END`, `${TRUTH_AS_INTEGER}::double precision`));
    case 'numeric':
      return mixedValue(inClasses(place, number(place), TRUTH_AS_INTEGER));
    case 'boolean':
      return boolValue(inClasses(place, `CASE ${text(place)} WHEN '1' THEN TRUE WHEN '0' THEN FALSE END`, 'TRUE', 'FALSE'));
    case 'text':
    case 'varchar':
      return jsonText(place);
    default:
      return null;
  }
}

/** CAST: a fraction is cut off. */
export function jsonAsInteger(place: JsonPlace): Value {
  return intValue(inClasses(place, `CASE WHEN abs(${number(place)}) < 9e18 THEN trunc(${number(place)})::bigint END`, TRUTH_AS_INTEGER), INT64, true);
}

const TRUTH_AS_INTEGER = '1';
const text = ({ sql }: JsonPlace): string => `(${sql} #>> '{}')`;
/** NULL where numeric does not reach: no write may fail because of a number that JSON can say. */
const number = (place: JsonPlace): string => `(CASE WHEN ${text(place)} !~ '[eE][-+]?[0-9]{4}' THEN ${text(place)}::numeric END)`;

function inClasses(place: JsonPlace, ofNumber: string, whenTrue: string, whenFalse = whenTrue.replace('1', '0')): string {
  return `(CASE ${place.type}_typeof(${place.sql}) WHEN 'number' THEN ${ofNumber} WHEN 'boolean' THEN CASE ${text(place)} WHEN 'true' THEN ${whenTrue} ELSE ${whenFalse} END END)`;
}

function jsonText(place: JsonPlace): Value {
  return textValue(`(CASE ${place.type}_typeof(${place.sql}) WHEN 'boolean' THEN CASE ${text(place)} WHEN 'true' THEN '1' ELSE '0' END ELSE ${text(place)} END)`);
}
