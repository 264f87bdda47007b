/** DEFAULT clauses in the type of the target column. */
import type { ColumnScope, ScopeColumn } from './column-scope.ts';
import { clockIn, clockOf } from './default-clock.ts';
import { RANDOM, RANDOM_NOTE, randomValue } from './default-random.ts';
import { storedAs } from './expression/cast.ts';
import { textToNumber } from './expression/number-text.ts';
import { literalIn } from './expression/literal-in-type.ts';
import { makeContext } from './expression/context.ts';
import { inColumnType } from './expression/in-column-type.ts';
import { stringConstant, truthConstant } from './expression/literal.ts';
import { translateNode } from './expression/translate-node.ts';
import { Untranslatable } from './expression/untranslatable.ts';
import { intConstant, NULL_VALUE, textConstant, type Value } from './expression/value.ts';
import { needsDecision, type Translation } from './fidelity.ts';
import { type Expr, isDoubleQuoted, parseExpression } from './parse/sqlite-grammar.ts';

export type DefaultColumn = Pick<ScopeColumn, 'type' | 'affinity'>;

const NO_COLUMNS: ColumnScope = { columns: new Map() };

/** `text` as pragma table_xinfo gives it, or as written. The result stands after DEFAULT. */
export function translateDefault(text: string, column: DefaultColumn): Translation {
  const parsed = parseExpression(text);
  if ('unparsed' in parsed) return needsDecision(`not understood: ${parsed.unparsed}`);
  try {
    return translate(parsed.expr, parsed.source, column);
  } catch (error) {
    if (error instanceof Untranslatable || error instanceof RangeError) return needsDecision(error.message);
    throw error;
  }
}

function translate(expr: Expr, source: string, column: DefaultColumn): Translation {
  const clock = clockOf(expr);
  if (clock !== null) {
    const sql = clockIn(clock, column);
    return sql === null ? needsDecision(`the present time in a column that became ${column.type}`) : { fidelity: 'exact', sql, notes: [] };
  }
  const context = { ...makeContext(NO_COLUMNS, source), volatile: randomValue };
  const value = constantValue(expr, source) ?? translateNode(expr, context);
  const notes = new Set(context.notes);
  if (value.sql.includes(RANDOM)) notes.add(RANDOM_NOTE);
  // The column holds uuids alone, so what the expression makes is one.
  if (column.type === 'uuid' && notes.has(RANDOM_NOTE) && value.kind === 'text') return { fidelity: 'approximated', sql: RANDOM, notes: [...notes] };
  const sql = inType(value, column, notes);
  return { fidelity: notes.size === 0 ? 'exact' : 'approximated', sql, notes: [...notes] };
}

/** A bare or double-quoted word after DEFAULT is a string, except TRUE and FALSE. */
function constantValue(expr: Expr, source: string): Value | null {
  if (expr.type === 'ParenthesizedExpr' && expr.exprs.length === 1) return constantValue(expr.exprs[0] as Expr, source);
  if (expr.type !== 'Id') return null;
  const word = expr.name.toLowerCase();
  if ((word === 'true' || word === 'false') && !isDoubleQuoted(source, expr)) return truthConstant(word === 'true');
  return stringConstant(expr.name);
}

function inType(value: Value, column: DefaultColumn, notes: Set<string>): string {
  const stored = asStored(value, column);
  if (stored.kind === 'null') return 'NULL';
  const literal = literalIn(stored, column.type, notes);
  return literal ?? inColumnType(stored, column);
}

/** The affinity of the column, applied to a constant at once. */
function asStored(value: Value, column: DefaultColumn): Value {
  if (value.kind === 'null') return NULL_VALUE;
  if (value.constant?.kind === 'text' && column.affinity !== 'text' && column.affinity !== 'blob') {
    const number = textToNumber(value.constant.value, column.affinity);
    return number === null ? value : asStored(number, column);
  }
  if (value.constant?.kind === 'int' && column.affinity === 'text') return textConstant(String(value.constant.value));
  if (value.constant?.kind === 'real' && (column.affinity === 'integer' || column.affinity === 'numeric')) {
    const number = value.constant.value;
    return Number.isInteger(number) && Math.abs(number) < 2 ** 53 ? intConstant(BigInt(number)) : value;
  }
  if (value.constant?.kind === 'int' && column.affinity !== 'real') return value;
  const stored = storedAs(value, column.affinity);
  if (stored === null) throw new Untranslatable(`the ${column.affinity} affinity of the column changes the value's class`);
  return stored;
}
