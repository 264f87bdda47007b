/**
 * Dates and times: https://www.sqlite.org/lang_datefunc.html
 *
 * Of a literal they are that literal. Of a column that holds dates, and only in a generated column, whose translation is proved
 * on every row: SQLite reads each text anew, and PostgreSQL what the load made of it.
 */
import { temporalLiteral } from './compare-opaque.ts';
import type { Context } from './context.ts';
import { Untranslatable } from './untranslatable.ts';
import { NULL_VALUE, textConstant, textValue, type Value } from './value.ts';

const FORMS = { date: '%Y-%m-%d', datetime: '%Y-%m-%d %H:%M:%S', time: '%H:%M:%S' } as const;

export function calendar([value]: readonly Value[], form: keyof typeof FORMS, context: Context): Value {
  const v = value as Value;
  if (v.kind === 'null') return NULL_VALUE;
  if (v.column !== undefined && context.generated === true) return printed(v, FORMS[form], context);
  const written = v.constant?.kind === 'text' ? v.constant.value : '';
  const match = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2}))?$/.exec(written);
  if (match === null || form === 'time' || temporalLiteral(written, 'timestamp', true) === null) throw new Untranslatable(`${form}() of something else than a date literal`);
  return textConstant(form === 'date' ? (match[1] as string) : `${match[1]} ${match[2] ?? '00:00:00'}`);
}

export function strftime([format, value]: readonly Value[], context: Context): Value {
  if (format?.constant?.kind !== 'text' || context.generated !== true) throw new Untranslatable('strftime() outside of a generated column, or with a format that is not a constant');
  return value?.kind === 'null' ? NULL_VALUE : printed(value as Value, format.constant.value, context);
}

const FIELDS: Readonly<Record<string, string>> = { Y: 'YYYY', m: 'MM', d: 'DD', H: 'HH24', M: 'MI', S: 'SS', j: 'DDD' };
const PART = /%(.)|([^%"\\]+)/y;

function printed({ column, raw, sql }: Value, format: string, context: Context): Value {
  const name = raw ?? sql;
  const moment = column?.type === 'timestamptz' ? `(${name} AT TIME ZONE 'UTC')` : column?.type === 'timestamp' ? name : column?.type === 'date' ? `${name}::timestamp` : null;
  if (moment === null) throw new Untranslatable('a function of dates, of a column that is none in PostgreSQL');
  const parts: string[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < format.length) {
    const [, field, plain] = PART.exec(format) ?? [];
    const part = plain === undefined ? FIELDS[field ?? ''] : `"${plain}"`;
    if (part === undefined) throw new Untranslatable(`strftime() with the format ${format}`);
    parts.push(part);
  }
  context.notes.add('a date as SQLite prints it: it holds where SQLite reads the same date in the text');
  const digits = !parts.some((part) => part.startsWith('"'));
  return { ...textValue(`to_char(${moment}, '${parts.join('').replaceAll("'", "''")}')`), ...(digits && parts.length > 0 ? { digits } : {}) };
}
