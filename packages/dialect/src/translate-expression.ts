/** Expressions of CHECKs, generated columns, indexes and WHERE clauses, from SQLite's dialect to PostgreSQL's. */
import { quoteLiteral } from '@causeway/contracts/identifier';
import type { ColumnScope, ScopeColumn } from './column-scope.ts';
import { storedAs } from './expression/cast.ts';
import { asCondition } from './expression/condition.ts';
import { type Context, makeContext } from './expression/context.ts';
import { inColumnType } from './expression/in-column-type.ts';
import { type JsonPlace, jsonAs } from './expression/json-value.ts';
import { translateNode } from './expression/translate-node.ts';
import { Untranslatable } from './expression/untranslatable.ts';
import type { Kind, Value } from './expression/value.ts';
import { needsDecision, type Translation } from './fidelity.ts';
import type { ParsedExpression } from './parse/parsed-expression.ts';
import { type Expr, parseExpression } from './parse/sqlite-grammar.ts';

export interface ExpressionTranslation extends Translation {
  /** The storage class of the result in the source; see `expression/value.ts`. Null without SQL. */
  readonly kind: Kind | null;
  /** The source's expression with its double-quoted strings in single quotes, which every build of SQLite reads alike. */
  readonly sourceSql: string | null;
}

/** Longer than any expression that somebody would keep; nested overflow guards grow fast. */
const MAX_SQL = 100_000;

export type Expression = string | Pick<ParsedExpression, 'expr' | 'source'>;

/** As a boolean, where SQLite asks whether it is true: CHECK and WHERE. NULL stays NULL. */
export function translateCondition(expression: Expression, scope: ColumnScope): ExpressionTranslation {
  return translate(expression, scope, (value) => ({ ...value, kind: 'bool', sql: asCondition(value) }));
}

/** As a value. */
export function translateExpression(expression: Expression, scope: ColumnScope): ExpressionTranslation {
  return translate(expression, scope, (value) => value);
}

/** As a value that must not depend on anything but the row: PostgreSQL's rule for indexes. */
export function translateImmutable(expression: Expression, scope: ColumnScope): ExpressionTranslation {
  return translate(expression, scope, requireImmutable);
}

function requireImmutable(value: Value, context: Context): Value {
  if (!context.state.immutable) throw new Untranslatable('PostgreSQL does not count the expression as immutable');
  return value;
}

export interface GeneratedTranslation extends ExpressionTranslation {
  /** Generated columns whose values it reads: they are computed before. */
  readonly reads: readonly ScopeColumn[];
}

/** A generated column, which SQLite has found to be deterministic: the value as the column's affinity stores it, in the column's type. `row`: what stands before each column, with its dot. */
export function translateGenerated(expression: Expression, scope: ColumnScope, column: ScopeColumn, row = ''): GeneratedTranslation {
  let reads: readonly ScopeColumn[] = [];
  const finish = (result: Value, context: Context): Value => {
    const value = result.json === undefined ? result : jsonInColumn(result.json, column);
    reads = [...context.used].filter((c) => c.generated === true);
    const truth = value.kind === 'bool' && column.type === 'boolean';
    const stored = truth ? value : storedAs(value, column.affinity);
    if (stored === null) throw new Untranslatable(`the ${column.affinity} affinity of the column changes the value's class`);
    return { ...stored, sql: wholeNumber(stored, column) ?? asDoubles(stored, column, context) ?? inColumnType(stored, column) };
  };
  return { ...translate(expression, scope, finish, row, true), reads };
}

function jsonInColumn(place: JsonPlace, { type }: ScopeColumn): Value {
  const value = jsonAs(place, type);
  if (value === null) throw new Untranslatable(`a value of a JSON document in a column of type ${type}`);
  return value;
}

const INTEGERS: readonly string[] = ['int2', 'int4', 'int8'];

/**
 * Arithmetic that may leave the integers, in a column that has only them: the integer, or PostgreSQL refuses the row, as it
 * refuses such a value itself. It is never rounded. Null where it is no such case.
 */
function wholeNumber(v: Value, { type }: ScopeColumn): string | null {
  if (!INTEGERS.includes(type)) return null;
  if (v.kind === 'mixed') return `trim_scale(${v.sql})::text::bigint`;
  // The cast of a double is exact where there is no fraction; its digits are not, beyond 2^53.
  return v.kind === 'real' ? `(CASE WHEN ${v.sql} = trunc(${v.sql}) AND abs(${v.sql}) < 9e18 THEN ${v.sql}::bigint ELSE ${v.sql}::text::bigint END)` : null;
}

/** Integers and reals in a column of doubles, as their load has put them there. Null where it is no such case. */
function asDoubles(v: Value, { type }: ScopeColumn, context: Context): string | null {
  if (type !== 'float8' || v.kind !== 'mixed') return null;
  context.notes.add('integers stand there as doubles: beyond 2^53 the nearest one');
  return `${v.sql}::double precision`;
}

function translate(expression: Expression, scope: ColumnScope, finish: (value: Value, context: Context) => Value, row = '', generated = false): ExpressionTranslation {
  const parsed = typeof expression === 'string' ? parseExpression(expression) : expression;
  if ('unparsed' in parsed) return untranslated(`not understood: ${parsed.unparsed}`);
  const context = makeContext(scope, parsed.source, row, generated);
  try {
    const value = finish(translateNode(parsed.expr, context), context);
    if (value.sql.length > MAX_SQL) throw new Untranslatable('the translation is too long');
    const notes = [...context.notes];
    return { fidelity: notes.length === 0 ? 'exact' : 'approximated', sql: value.sql, notes, kind: value.kind, sourceSql: portableText(parsed.expr, context) };
  } catch (error) {
    // A nesting that exhausts the stack is as untranslatable as an unknown function.
    if (error instanceof Untranslatable || error instanceof RangeError) return untranslated(error.message);
    throw error;
  }
}

const untranslated = (reason: string): ExpressionTranslation => ({ ...needsDecision(reason), kind: null, sourceSql: null });

function portableText(expr: Expr, context: Context): string {
  const start = expr.span.offset;
  let text = context.source.slice(start, start + expr.span.length);
  for (const s of context.strings.toSorted((a, b) => b.offset - a.offset)) {
    text = `${text.slice(0, s.offset - start)}${quoteLiteral(s.text)}${text.slice(s.offset - start + s.length)}`;
  }
  return text;
}
