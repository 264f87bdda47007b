/** Columns whose source text went into a date, uuid or truth: PostgreSQL compares meanings where SQLite compared texts. */
import { quoteLiteral } from '@causeway/contracts/identifier';
import type { Comparator } from './compare.ts';
import type { Context } from './context.ts';
import { Untranslatable } from './untranslatable.ts';
import { boolValue, type Value } from './value.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const STAMP = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?$/;
const TIME = /^\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const TRUE_TEXT = ['t', 'true', 'y', 'yes'];
const FALSE_TEXT = ['f', 'false', 'n', 'no'];

export function compareOpaque(left: Value, op: Comparator, right: Value, context: Context): Value {
  const column = left.kind === 'opaque' ? left.column : right.column;
  if (column === undefined) throw new Untranslatable('a value of unknown storage class is compared');
  const equality = op === '=' || op === '<>' || op.startsWith('IS ');
  const same = left.kind === 'opaque' && right.kind === 'opaque' && left.column?.type === right.column?.type;
  const [l, r] = same ? [left.sql, right.sql] : [operand(left, column.type, equality), operand(right, column.type, equality)];
  const columns = [left.column, right.column].filter((c) => c !== undefined);
  const exact = columns.every((c) => c.canonical === true) && (column.type === 'date' || (column.type === 'uuid' && equality && same));
  if (!['date', 'timestamp', 'timestamptz', 'time', 'uuid', 'boolean'].includes(column.type)) {
    throw new Untranslatable(`a column that became ${column.type} is compared by its source text`);
  }
  if (!exact) context.notes.add('compares by meaning where SQLite compares the stored text: equal as long as all values have the same text form');
  return boolValue(`(${l} ${op} ${r})`);
}

function operand(v: Value, type: string, equality: boolean): string {
  if (v.kind === 'opaque') return v.sql;
  if (v.constant?.kind !== 'text') throw new Untranslatable(`a column that became ${type} is compared with something else than a text literal`);
  const literal = temporalLiteral(v.constant.value, type, equality);
  if (literal === null) throw new Untranslatable(`a column that became ${type} is compared with ${quoteLiteral(v.constant.value)}`);
  return literal;
}

/** Text as a literal of a date, time, uuid or truth; null where it is none. SQLite has no zones: UTC. */
export function temporalLiteral(text: string, type: string, equality: boolean): string | null {
  if (type === 'date' && DATE.test(text) && realDay(text)) return `DATE ${quoteLiteral(text)}`;
  if (type === 'time' && TIME.test(text) && realClock(text)) return `TIME ${quoteLiteral(text)}`;
  if (type === 'timestamp' && STAMP.test(text) && realDay(text) && realClock(text.slice(11))) return `TIMESTAMP ${quoteLiteral(text)}`;
  if (type === 'timestamptz' && STAMP.test(text) && realDay(text) && realClock(text.slice(11))) return `TIMESTAMPTZ ${quoteLiteral(`${text}+00`)}`;
  if (type === 'uuid' && equality && UUID.test(text)) return `${quoteLiteral(text)}::uuid`;
  if (type === 'boolean' && equality && TRUE_TEXT.includes(text.toLowerCase())) return 'TRUE';
  if (type === 'boolean' && equality && FALSE_TEXT.includes(text.toLowerCase())) return 'FALSE';
  return null;
}

/** PostgreSQL refuses 2023-02-30 and the year 0 when it parses the statement. */
function realDay(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function realClock(text: string): boolean {
  if (text === '') return true;
  const [hour, minute, second] = text.split(':').map(Number) as [number, number, number | undefined];
  return hour < 24 && minute < 60 && (second ?? 0) < 60;
}
