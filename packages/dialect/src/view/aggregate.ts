/** Aggregates whose result does not depend on the order of the rows; others are noted. */
import type { FunctionCallExpr, FunctionCallStarExpr } from 'sqlite3-parser';
import type { Context } from '../expression/context.ts';
import { asDouble, asInteger, asNumeric, isNumber } from '../expression/numeric-form.ts';
import { asText } from '../expression/text-match.ts';
import { translateNode } from '../expression/translate-node.ts';
import { Untranslatable } from '../expression/untranslatable.ts';
import { INT64, intValue, mixedValue, realValue, textValue, type Value } from '../expression/value.ts';
import { foldAscii } from '../parse/fold-ascii.ts';
import type { Expr } from '../parse/sqlite-grammar.ts';

type Call = FunctionCallExpr | FunctionCallStarExpr;

const NAMES = new Set(['count', 'sum', 'total', 'avg', 'group_concat', 'string_agg']);

/** min and max of one argument are aggregates; of several, scalar functions. */
export function isAggregateCall(node: Expr): node is Call {
  if (node.type === 'FunctionCallStarExpr') return foldAscii(node.name.name) === 'count';
  if (node.type !== 'FunctionCallExpr') return false;
  const name = foldAscii(node.name.name);
  return NAMES.has(name) || ((name === 'min' || name === 'max') && node.args?.length === 1);
}

export function translateAggregate(node: Call, context: Context): Value {
  if (node.filterOver !== undefined) throw new Untranslatable('a window function or FILTER');
  if (node.type === 'FunctionCallStarExpr') return intValue('count(*)', INT64, true);
  if (node.orderBy !== undefined) throw new Untranslatable('an aggregate with ORDER BY');
  const name = foldAscii(node.name.name);
  const args = (node.args ?? []).map((a) => translateNode(a, context));
  const distinct = node.distinctness === 'Distinct';
  if (name === 'count' && args.length === 0) return intValue('count(*)', INT64, true);
  const [v, separator] = args as [Value | undefined, Value | undefined];
  if (v === undefined || v.kind === 'null') throw new Untranslatable(`${name}() of nothing`);
  if (distinct) onlyBinary(v, `${name}(DISTINCT …)`);
  const of = distinct ? 'DISTINCT ' : '';
  switch (name) {
    case 'count':
      return intValue(`count(${of}${v.raw ?? v.sql})`, INT64, true);
    case 'min':
    case 'max':
      return extreme(name, v, context);
    case 'group_concat':
    case 'string_agg':
      return concatenated(v, separator, of, context);
    default:
      return summed(name, v, of, context);
  }
}

export function onlyBinary(v: Value, what: string): void {
  if (v.kind === 'text' && v.collation !== null && v.collation.name !== 'BINARY') throw new Untranslatable(`${what} under ${v.collation.name}`);
}

function extreme(name: 'min' | 'max', v: Value, context: Context): Value {
  onlyBinary(v, `${name}()`);
  if (v.kind === 'blob') throw new Untranslatable(`${name}() of blobs`);
  const plain: Value = { sql: '', kind: v.kind, affinity: 'none', collation: null };
  if (v.kind === 'text') return textValue(`${name}(${v.sql} COLLATE "C")`);
  if (v.kind === 'bool') return intValue(`${name}(${asInteger(v)})`, { min: 0n, max: 1n });
  if (v.kind === 'opaque') {
    if (!['date', 'timestamp', 'timestamptz', 'time'].includes(v.column?.type ?? '') || v.column === undefined) throw new Untranslatable(`${name}() of a column that became ${v.column?.type ?? 'another type'}`);
    context.notes.add('the least and greatest by meaning, where SQLite compares the stored text');
    return { ...plain, sql: `${name}(${v.sql})`, column: v.column };
  }
  return { ...plain, sql: `${name}(${v.sql})`, ...(v.range === undefined ? {} : { range: v.range }), ...(v.shortest === true ? { shortest: true } : {}) };
}

/** Sums of integers are exact on both sides, and both refuse to leave 64 bits. */
function summed(name: string, v: Value, of: string, context: Context): Value {
  if (!isNumber(v)) throw new Untranslatable(`${name}() of something else than numbers`);
  const integer = v.kind === 'int' || v.kind === 'bool';
  const sum = `sum(${of}${v.kind === 'mixed' ? asNumeric(v) : integer ? asInteger(v) : v.sql})`;
  if (!integer) context.notes.add('sums of reals depend on the order of the rows in their last digits');
  if (name === 'sum') return integer ? intValue(`${sum}::bigint`, INT64, true) : v.kind === 'mixed' ? mixedValue(sum, v.shortest) : realValue(sum);
  if (name === 'total') return realValue(`coalesce(${asDouble({ ...realValue(sum), kind: 'mixed' })}, 0::double precision)`);
  return realValue(`(${sum}::double precision / nullif(count(${of}${v.raw ?? v.sql}), 0)::double precision)`);
}

function concatenated(v: Value, separator: Value | undefined, of: string, context: Context): Value {
  context.notes.add('the order of the parts that are put together is not defined');
  const between = separator === undefined ? "','" : asText(separator);
  if (of !== '' && separator !== undefined) throw new Untranslatable('group_concat(DISTINCT …) with a separator');
  return textValue(`string_agg(${of}${asText(v)}, ${between})`);
}
