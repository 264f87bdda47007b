/**
 * Whether an expression compares a column with something that SQLite first converts to the column's affinity. In a trigger
 * NEW.column has no affinity: there ' 1' < 1 is false for a TEXT column whose own rows say that it is true.
 */
import type { Affinity } from './column-scope.ts';
import type { Expr } from './parse/sqlite-grammar.ts';

/** Null for what is no column of the table. */
export type AffinityOf = (column: string) => Affinity | null;

const COMPARISONS: ReadonlySet<string> = new Set(['Equals', 'NotEquals', 'Less', 'LessEquals', 'Greater', 'GreaterEquals', 'Is', 'IsNot']);

export function comparesByAffinity(expr: Expr, of: AffinityOf): boolean {
  return pairsOf(expr).some(([a, b]) => mayConvert(a, b, of)) || below(expr).some((child) => comparesByAffinity(child, of));
}

/** Whether one of the words in the expression is a column that `is` says yes to. */
export function namesColumn(expr: Expr, is: (column: string) => boolean): boolean {
  const name = nameOf(expr);
  return (name !== null && is(name)) || below(expr).some((child) => namesColumn(child, is));
}

const nameOf = (expr: Expr): string | null => (expr.type === 'Id' ? expr.name : expr.type === 'NameExpr' ? expr.name.text : expr.type === 'QualifiedExpr' ? expr.column.text : null);

/** What this very node compares. */
function pairsOf(expr: Expr): [Expr, Expr][] {
  switch (expr.type) {
    case 'BinaryExpr':
      return COMPARISONS.has(expr.op) ? [[expr.left, expr.right]] : [];
    case 'BetweenExpr':
      return [[expr.lhs, expr.start], [expr.lhs, expr.end]];
    case 'InListExpr':
      return (expr.rhs ?? []).map((item) => [expr.lhs, item]);
    case 'CaseExpr':
      return expr.base === undefined ? [] : expr.whenThenPairs.map((pair): [Expr, Expr] => [expr.base as Expr, pair.when]);
    default:
      return [];
  }
}

function below(expr: Expr): Expr[] {
  const found: Expr[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) look(item);
    else if (value !== null && typeof value === 'object') found.push(value as Expr);
  };
  // A function's name is an Id as well, and no column.
  for (const [key, value] of Object.entries(expr)) if (key !== 'span' && !(key === 'name' && expr.type === 'FunctionCallExpr')) look(value);
  return found;
}

type Operand = 'numbers' | 'text' | 'plain' | 'number' | 'string' | 'other';

/** `numbers`, `text`, `plain`: a column of such an affinity; `number`, `string`: a literal; `other`: any value, and no column. */
function operandOf(expr: Expr, of: AffinityOf): Operand | 'nothing' {
  if (expr.type === 'CollateExpr') return operandOf(expr.expr, of);
  if (expr.type === 'ParenthesizedExpr' && expr.exprs.length === 1) return operandOf(expr.exprs[0] as Expr, of);
  const name = nameOf(expr);
  const affinity = name === null ? null : of(name);
  if (affinity !== null) return affinity === 'text' ? 'text' : affinity === 'blob' ? 'plain' : 'numbers';
  if (expr.type === 'NumericLiteral' || (expr.type === 'UnaryExpr' && expr.expr.type === 'NumericLiteral')) return 'number';
  // A word that is no column is a string of the old kind, or TRUE or FALSE.
  if (expr.type === 'StringLiteral' || (name !== null && !/^(?:true|false)$/i.test(name))) return Number.isNaN(Number(expr.type === 'StringLiteral' ? expr.value : name)) ? 'string' : 'other';
  return expr.type === 'NullLiteral' || expr.type === 'BlobLiteral' ? 'nothing' : name !== null ? 'number' : 'other';
}

/** Pairs in which a conversion changes nothing, as the column's own values have been converted when they were stored. */
const HARMLESS: ReadonlySet<string> = new Set(['numbers number', 'numbers numbers', 'numbers string', 'text string', 'text text', 'plain plain', 'plain number', 'plain string', 'plain other']);

function mayConvert(a: Expr, b: Expr, of: AffinityOf): boolean {
  const [one, other] = [operandOf(a, of), operandOf(b, of)];
  if (one === 'nothing' || other === 'nothing') return false;
  const columns = [one, other].some((operand) => operand === 'numbers' || operand === 'text' || operand === 'plain');
  return columns && !HARMLESS.has(`${one} ${other}`) && !HARMLESS.has(`${other} ${one}`);
}
