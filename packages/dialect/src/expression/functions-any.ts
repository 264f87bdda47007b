/** Functions that take values of every class. */
import { compare } from './compare.ts';
import type { Context } from './context.ts';
import { asCondition } from './condition.ts';
import { isNumber } from './numeric-form.ts';
import { unifiedValue, unify } from './unify.ts';
import { Untranslatable } from './untranslatable.ts';
import { boolValue, NULL_VALUE, textConstant, textValue, type Value } from './value.ts';

export function coalesce(args: readonly Value[]): Value {
  const unified = unify(args);
  if (unified.kind === 'null') return NULL_VALUE;
  return unifiedValue(`coalesce(${unified.sqls.join(', ')})`, unified);
}

export function nullIf([value, other]: readonly Value[], context: Context): Value {
  const [v, o] = [value as Value, other as Value];
  if (v.kind === 'null' || o.kind === 'null') return { ...v, affinity: 'none', collation: null };
  // The function compares without affinity, by the first collation that its arguments have.
  const equal = compare({ ...v, affinity: 'none' }, '=', { ...o, affinity: 'none', collation: v.collation === null ? o.collation : null }, context, false);
  const unified = unify([v]);
  return unifiedValue(`(CASE WHEN ${equal.sql} THEN NULL ELSE ${unified.sqls[0]} END)`, unified);
}

export function ifThenElse(args: readonly Value[]): Value {
  const branches: (readonly [string, Value])[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) branches.push([asCondition(args[i] as Value), args[i + 1] as Value]);
  return caseOf(branches, args.length % 2 === 1 ? (args.at(-1) as Value) : NULL_VALUE);
}

export function caseOf(branches: readonly (readonly [string, Value])[], otherwise: Value): Value {
  const unified = unify([...branches.map(([, v]) => v), otherwise]);
  if (unified.kind === 'null') return NULL_VALUE;
  const whens = branches.map(([condition], i) => `WHEN ${condition} THEN ${unified.sqls[i]}`);
  return unifiedValue(`(CASE ${whens.join(' ')} ELSE ${unified.sqls.at(-1)} END)`, unified);
}

const CLASS_NAMES: Partial<Record<Value['kind'], string>> = { bool: 'integer', int: 'integer', real: 'real', text: 'text', blob: 'blob' };

/** The class was decided column by column before the data moved; only NULL is left to ask for. */
export function typeOf([value]: readonly Value[]): Value {
  const v = value as Value;
  if (v.kind === 'null') return textConstant('null');
  if (v.json !== undefined) throw new Untranslatable('typeof() of a value of a JSON document');
  const name = CLASS_NAMES[v.kind] ?? onlyClass(v);
  if (name === null) throw new Untranslatable('typeof() of a value that may be integer or real, or whose source class is not known');
  return textValue(`(CASE WHEN ${v.sql} IS NULL THEN 'null' ELSE '${name}' END)`);
}

function onlyClass(v: Value): string | null {
  const classes = v.column?.classes;
  return classes?.length === 1 ? (classes[0] as string) : null;
}

/** Scalar min and max: NULL as soon as one argument is NULL, where PostgreSQL's least and greatest skip it. */
export function extreme(name: 'min' | 'max', args: readonly Value[]): Value {
  if (args.some((v) => v.kind === 'null')) return NULL_VALUE;
  const unified = unify(args);
  if (new Set(args.map((v) => v.kind)).size > 1 && unified.kind === 'mixed') throw new Untranslatable('min or max of integers and reals together');
  // The first argument that has a collation gives it, be it explicit or a column's.
  const collation = args.find((v) => v.collation !== null)?.collation;
  if (unified.kind === 'text' && collation !== undefined && collation?.name !== 'BINARY') throw new Untranslatable(`min or max under ${collation?.name}`);
  const sqls = unified.kind === 'text' ? unified.sqls.map((s) => `${s} COLLATE "C"`) : unified.sqls;
  const anyNull = unified.sqls.map((s) => `${s} IS NULL`).join(' OR ');
  return unifiedValue(`(CASE WHEN ${anyNull} THEN NULL ELSE ${name === 'min' ? 'least' : 'greatest'}(${sqls.join(', ')}) END)`, unified);
}

/** A jsonb column holds valid JSON by its type. PostgreSQL 15 cannot ask it of text. */
export function jsonValid([value]: readonly Value[]): Value {
  const v = value as Value;
  if (v.kind === 'null') return boolValue('NULL::boolean');
  if (v.column?.type === 'jsonb') return boolValue(`(CASE WHEN ${v.sql} IS NULL THEN NULL ELSE TRUE END)`);
  if (isNumber(v) && v.kind !== 'real' && v.kind !== 'mixed') return boolValue(`(CASE WHEN ${v.sql} IS NULL THEN NULL ELSE TRUE END)`);
  throw new Untranslatable('json_valid() of a column that is not jsonb: PostgreSQL 15 has no test for it');
}
