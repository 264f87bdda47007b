/** CAST: https://www.sqlite.org/lang_expr.html#castexpr */
import type { Affinity } from '../column-scope.ts';
import type { Context } from './context.ts';
import { asBigint, asDouble, asInteger } from './numeric-form.ts';
import { jsonAs, jsonAsInteger } from './json-value.ts';
import { Untranslatable } from './untranslatable.ts';
import { blobValue, INT64, intValue, NULL_VALUE, rangeOf, realValue, textValue, type Value } from './value.ts';

/** Rules 1–5 of SQLite's column affinity; CAST uses the same. */
export function affinityOfType(name: string): Affinity {
  const t = name.toUpperCase();
  if (t.includes('INT')) return 'integer';
  if (t.includes('CHAR') || t.includes('CLOB') || t.includes('TEXT')) return 'text';
  if (t.includes('BLOB') || t === '') return 'blob';
  if (t.includes('REAL') || t.includes('FLOA') || t.includes('DOUB')) return 'real';
  return 'numeric';
}

/** The result has the type's affinity and keeps the operand's collation. */
export function translateCast(v: Value, typeName: string, context: Context): Value {
  const affinity = affinityOfType(typeName);
  if (v.kind === 'null') return { ...NULL_VALUE, affinity };
  return { ...converted(v, affinity, context), affinity, collation: v.collation };
}

function converted(v: Value, affinity: Affinity, context: Context): Value {
  if (v.json !== undefined && affinity === 'integer') return jsonAsInteger(v.json);
  if (v.json !== undefined && affinity === 'real') return jsonAs(v.json, 'float8') as Value;
  const integer = v.kind === 'int' || v.kind === 'bool';
  if (affinity === 'integer' && v.kind === 'real') return truncated(v);
  if ((affinity === 'integer' || affinity === 'numeric') && integer) return v.kind === 'int' ? v : intValue(asInteger(v), rangeOf(v));
  if (affinity === 'real' && (integer || v.kind === 'real')) return realValue(asDouble(v));
  if (affinity === 'integer' && v.digits === true) return intValue(`${v.sql}::bigint`, INT64, true);
  if (affinity === 'text' && v.kind === 'text') return v;
  if (affinity === 'text' && integer) return textValue(`${asInteger(v)}::text`);
  if (affinity === 'blob' && v.kind === 'blob') return v;
  if (affinity === 'blob' && v.kind === 'text') {
    context.state.immutable = false;
    return blobValue(`convert_to(${v.sql}, 'UTF8')`);
  }
  throw new Untranslatable(`CAST of ${v.kind === 'mixed' ? 'a number that may be integer or real' : v.kind === 'opaque' ? 'a converted column' : v.kind} to ${affinity}`);
}

/** Towards zero, and clamped to 64 bits. */
function truncated(v: Value): Value {
  const d = v.sql;
  return intValue(`(CASE WHEN ${d} >= 9223372036854775807 THEN 9223372036854775807 WHEN ${d} <= -9223372036854775808 THEN '-9223372036854775808'::bigint ELSE trunc(${d})::bigint END)`, INT64, true);
}

/** The column's own affinity, applied where a generated value or a default is stored; null where it would change the class per row. */
export function storedAs(v: Value, affinity: Affinity): Value | null {
  const integer = v.kind === 'int' || v.kind === 'bool';
  if (v.kind === 'null') return v;
  if (affinity === 'text') return v.kind === 'text' || v.kind === 'blob' ? v : integer ? textValue(`${asInteger(v)}::text`) : null;
  if (affinity === 'blob') return v;
  if (v.digits === true && affinity !== 'real') return intValue(`${v.sql}::bigint`, INT64, true);
  if (v.kind === 'text') return null;
  if (affinity === 'real') return integer || v.kind === 'real' ? realValue(asDouble(v)) : v.kind === 'blob' ? v : null;
  // A real without fraction becomes an integer in INTEGER and NUMERIC columns.
  return integer ? intValue(asBigint(v), rangeOf(v), true) : v.kind === 'real' || v.kind === 'mixed' || v.kind === 'blob' ? v : null;
}
