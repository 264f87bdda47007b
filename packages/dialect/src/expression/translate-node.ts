/** The walk over SQLite's syntax tree. */
import type { BinaryExpr, CaseExpr, InListExpr, LikeExpr, UnaryExpr } from 'sqlite3-parser';
import type { CollationName } from '../column-scope.ts';
import { foldAscii } from '../parse/fold-ascii.ts';
import { type Expr, isDoubleQuoted } from '../parse/sqlite-grammar.ts';
import { addSubtractMultiply, bitwise, complement, divide, negate, remainder } from './arithmetic.ts';
import { translateCall } from './call.ts';
import { translateCast } from './cast.ts';
import { type Comparator, compare } from './compare.ts';
import { asCondition } from './condition.ts';
import type { Context } from './context.ts';
import { explicitCollation } from './explicit-collation.ts';
import { caseOf } from './functions-any.ts';
import { concat } from './functions-text.ts';
import { jsonArrow } from './json-value.ts';
import { stringConstant, translateLiteral, truthConstant } from './literal.ts';
import { translateGlob, translateLike } from './text-match.ts';
import { Untranslatable } from './untranslatable.ts';
import { boolValue, INT64, intConstant, NULL_VALUE, type Value } from './value.ts';

/** An operand that is used for its value, so that what is only assumed of a column is noted. */
export function translateNode(node: Expr, context: Context): Value {
  const value = rawValue(node, context);
  if (value.assumes !== undefined) context.notes.add(value.assumes);
  return value;
}

/** An operand that is only asked whether it is NULL, which needs no assumption. */
function rawValue(node: Expr, context: Context): Value {
  const value = nodeValue(node, context);
  if (value.collation?.explicit === true || !context.collates) return value;
  const explicit = explicitCollation(node);
  return explicit === null ? value : { ...value, collation: { name: collationName(explicit), explicit: true } };
}

function nodeValue(node: Expr, context: Context): Value {
  switch (node.type) {
    case 'Id':
      return named(null, node.name, node, context);
    case 'NameExpr':
      return named(null, node.name.text, node, context);
    case 'QualifiedExpr':
      return named(node.table.text, node.column.text, null, context);
    case 'ParenthesizedExpr':
      if (node.exprs.length !== 1) throw new Untranslatable('a row value');
      return rawValue(node.exprs[0] as Expr, context);
    case 'CollateExpr':
      return { ...rawValue(node.expr, context), collation: { name: collationName(node.collation), explicit: true } };
    case 'CastExpr':
      return translateCast(translateNode(node.expr, context), node.typeName?.name ?? '', context);
    case 'UnaryExpr':
      return unary(node, context);
    case 'BinaryExpr':
      return binary(node, context);
    case 'BetweenExpr':
      return between(node.lhs, node.start, node.end, node.not, context);
    case 'InListExpr':
      return inList(node, context);
    case 'IsNullExpr':
      return boolValue(`(${nullTestOperand(node.expr, context)} IS NULL)`);
    case 'NotNullExpr':
      return boolValue(`(${nullTestOperand(node.expr, context)} IS NOT NULL)`);
    case 'LikeExpr':
      return context.fulltext?.(node) ?? match(node, context);
    case 'CaseExpr':
      return translateCase(node, context);
    case 'FunctionCallExpr':
    case 'FunctionCallStarExpr':
      return context.aggregate(node) ?? context.fulltext?.(node) ?? call(node, context);
    default:
      return leaf(node, context);
  }
}

function leaf(node: Expr, context: Context): Value {
  switch (node.type) {
    case 'NumericLiteral':
    case 'StringLiteral':
    case 'BlobLiteral':
    case 'KeywordLiteral':
    case 'NullLiteral':
    case 'CurrentDateLiteral':
    case 'CurrentTimeLiteral':
    case 'CurrentTimestampLiteral':
      return translateLiteral(node, context);
    case 'VariableExpr':
      return parameter(node.name, context);
    default:
      throw new Untranslatable(`${UNTRANSLATED[node.type] ?? node.type} has no translation`);
  }
}

function parameter(name: string, context: Context): Value {
  const value = context.parameter?.(name);
  if (value === undefined) throw new Untranslatable('a parameter has no translation');
  return value;
}

const UNTRANSLATED: Partial<Record<Expr['type'], string>> = {
  SubqueryExpr: 'a subquery',
  ExistsExpr: 'EXISTS',
  InSelectExpr: 'IN (SELECT …)',
  InTableExpr: 'IN table',
  RaiseExpr: 'RAISE',
};

/** A column first; then TRUE and FALSE; then, only between double quotes, a string. */
function named(table: string | null, name: string, node: Expr | null, context: Context): Value {
  const value = context.resolve(table, name);
  if (value !== undefined) {
    if (value.column !== undefined) context.used.add(value.column);
    return value;
  }
  if (node !== null && isDoubleQuoted(context.source, node)) {
    context.strings.push({ offset: node.span.offset, length: node.span.length, text: name });
    return stringConstant(name);
  }
  const folded = foldAscii(name);
  if (table === null && (folded === 'true' || folded === 'false')) return truthConstant(folded === 'true');
  throw new Untranslatable(`there is no column ${name}`);
}

function collationName(name: string): CollationName {
  const upper = name.toUpperCase();
  if (upper === 'BINARY' || upper === 'NOCASE' || upper === 'RTRIM') return upper;
  throw new Untranslatable(`the collation ${name} belongs to the application`);
}

function nullTestOperand(node: Expr, context: Context): string {
  const value = rawValue(node, context);
  return value.raw ?? value.sql;
}

function unary(node: UnaryExpr, context: Context): Value {
  if (node.op === 'Not') return boolValue(`(NOT ${asCondition(translateNode(node.expr, context))})`);
  // Only with its sign do these digits fit 64 bits.
  if (node.op === 'Negative' && isDigitsOfMinimum(node.expr)) return intConstant(INT64.min);
  const v = translateNode(node.expr, context);
  if (node.op === 'Negative') return negate(v);
  if (node.op === 'BitwiseNot') return complement(v);
  // Unary plus takes a column's affinity away and nothing else.
  return { ...v, affinity: 'none' };
}

/** Parentheses and a unary plus between are not there for SQLite. */
function isDigitsOfMinimum(node: Expr): boolean {
  if (node.type === 'ParenthesizedExpr' && node.exprs.length === 1) return isDigitsOfMinimum(node.exprs[0] as Expr);
  if (node.type === 'UnaryExpr' && node.op === 'Positive') return isDigitsOfMinimum(node.expr);
  return node.type === 'NumericLiteral' && node.value === '9223372036854775808';
}

const COMPARATORS: Partial<Record<BinaryExpr['op'], Comparator>> = {
  Equals: '=',
  NotEquals: '<>',
  Less: '<',
  LessEquals: '<=',
  Greater: '>',
  GreaterEquals: '>=',
  Is: 'IS NOT DISTINCT FROM',
  IsNot: 'IS DISTINCT FROM',
};

function binary(node: BinaryExpr, context: Context): Value {
  if (node.op === 'And' || node.op === 'Or') return junction(node, context);
  const truth = truthTest(node, context);
  if (truth !== null) return truth;
  const comparator = COMPARATORS[node.op];
  if (comparator !== undefined) return comparison(node, comparator, context);
  const [left, right] = [translateNode(node.left, context), translateNode(node.right, context)];
  return operation(left, node.op, right, context);
}

/** Long chains of OR stand as a left-deep tree; walked without recursion on the left side. */
function junction(node: BinaryExpr, context: Context): Value {
  const parts: Expr[] = [];
  let left: Expr = node;
  while (left.type === 'BinaryExpr' && left.op === node.op) {
    parts.unshift(left.right);
    left = left.left;
  }
  parts.unshift(left);
  const conditions = parts.map((p) => asCondition(translateNode(p, context)));
  return boolValue(`(${conditions.join(node.op === 'And' ? ' AND ' : ' OR ')})`);
}

/** `x IS TRUE` asks whether x is true, where TRUE is the keyword and no column. */
function truthTest(node: BinaryExpr, context: Context): Value | null {
  if (node.op !== 'Is' && node.op !== 'IsNot') return null;
  const right = bare(node.right);
  // SQLite reads an empty IN list as the keyword FALSE, and so asks for truth here.
  if (right.type === 'InListExpr' && (right.rhs ?? []).length === 0) throw new Untranslatable('IS with an empty IN list');
  if (right.type !== 'Id') return null;
  const folded = foldAscii(right.name);
  if ((folded !== 'true' && folded !== 'false') || isDoubleQuoted(context.source, right) || context.resolve(null, folded) !== undefined) return null;
  return boolValue(`(${asCondition(translateNode(node.left, context))} IS ${node.op === 'IsNot' ? 'NOT ' : ''}${folded.toUpperCase()})`);
}

/** SQLite looks through parentheses, COLLATE and likely() for the keyword. */
function bare(node: Expr): Expr {
  if (node.type === 'CollateExpr') return bare(node.expr);
  if (node.type === 'ParenthesizedExpr' && node.exprs.length === 1) return bare(node.exprs[0] as Expr);
  if (node.type === 'FunctionCallExpr' && /^(?:un)?likely$/i.test(node.name.name) && node.args?.length === 1) return bare(node.args[0] as Expr);
  return node;
}

function comparison(node: BinaryExpr, comparator: Comparator, context: Context): Value {
  if (node.right.type === 'NullLiteral') return compare(rawValue(node.left, context), comparator, NULL_VALUE, context);
  return compare(translateNode(node.left, context), comparator, translateNode(node.right, context), context);
}

function operation(left: Value, op: BinaryExpr['op'], right: Value, context: Context): Value {
  switch (op) {
    case 'Add':
      return addSubtractMultiply(left, '+', right, context);
    case 'Subtract':
      return addSubtractMultiply(left, '-', right, context);
    case 'Multiply':
      return addSubtractMultiply(left, '*', right, context);
    case 'Divide':
      return divide(left, right, context);
    case 'Modulus':
      return remainder(left, right);
    case 'BitwiseAnd':
      return bitwise(left, '&', right);
    case 'BitwiseOr':
      return bitwise(left, '|', right);
    case 'LeftShift':
      return bitwise(left, '<<', right);
    case 'RightShift':
      return bitwise(left, '>>', right);
    case 'Concat':
      return concat(left, right);
    case 'ArrowRightShift':
      return jsonArrow(left, right, context);
    default:
      throw new Untranslatable(`the operator ${op === 'ArrowRight' ? '->' : op}`);
  }
}

/** SQLite's definition: x >= y AND x <= z. */
function between(lhs: Expr, start: Expr, end: Expr, not: boolean, context: Context): Value {
  const [x, y, z] = [translateNode(lhs, context), translateNode(start, context), translateNode(end, context)];
  const inside = `(${compare(x, '>=', y, context).sql} AND ${compare(x, '<=', z, context).sql})`;
  return boolValue(not ? `(NOT ${inside})` : inside);
}

/** `x IN (y, z)` is `x = +y OR x = +z`: the members' own affinity does not count; an empty list is false even for NULL. */
function inList(node: InListExpr, context: Context): Value {
  const members = node.rhs ?? [];
  if (members.length === 0) {
    rawValue(node.lhs, context);
    return boolValue(node.not ? 'TRUE' : 'FALSE');
  }
  const lhs = translateNode(node.lhs, context);
  const tests = members.map((m) => compare(lhs, '=', { ...translateNode(m, context), affinity: 'none', collation: null }, context).sql);
  const joined = asPlainList(tests) ?? `(${tests.join(' OR ')})`;
  return boolValue(node.not ? `(NOT ${joined})` : joined);
}

/** `(x = a OR x = b)` as `(x IN (a, b))` where all tests have the same left side; for the reader. */
function asPlainList(tests: readonly string[]): string | null {
  const split = tests.map((t) => /^\(("(?:[^"]|"")*") = ('(?:[^']|'')*'|\d+|TRUE|FALSE)\)$/.exec(t));
  const left = split[0]?.[1];
  if (left === undefined || tests.length < 2 || split.some((s) => s?.[1] !== left)) return null;
  return `(${left} IN (${split.map((s) => s?.[2]).join(', ')}))`;
}

function match(node: LikeExpr, context: Context): Value {
  if (node.op !== 'Like' && node.op !== 'Glob') throw new Untranslatable(`${node.op.toUpperCase()} belongs to the application`);
  const [subject, pattern] = [translateNode(node.lhs, context), translateNode(node.rhs, context)];
  const escape = node.escape === undefined ? null : translateNode(node.escape, context);
  if (node.op === 'Glob' && escape !== null) throw new Untranslatable('GLOB with ESCAPE');
  const result = node.op === 'Like' ? translateLike(subject, pattern, escape, context) : translateGlob(subject, pattern);
  return node.not ? boolValue(`(NOT ${result.sql})`) : result;
}

function translateCase(node: CaseExpr, context: Context): Value {
  const base = node.base === undefined ? null : translateNode(node.base, context);
  const branches = node.whenThenPairs.map(({ when, then }) => {
    const test = translateNode(when, context);
    const condition = base === null ? asCondition(test) : compare(base, '=', test, context).sql;
    return [condition, translateNode(then, context)] as const;
  });
  const otherwise = node.elseExpr === undefined ? NULL_VALUE : translateNode(node.elseExpr, context);
  return caseOf(branches, otherwise);
}

function call(node: Extract<Expr, { type: 'FunctionCallExpr' | 'FunctionCallStarExpr' }>, context: Context): Value {
  if (node.type === 'FunctionCallStarExpr' || node.distinctness !== undefined || node.orderBy !== undefined || node.filterOver !== undefined) throw new Untranslatable('an aggregate or window function');
  const name = foldAscii(node.name.name);
  // json_valid() and typeof() ask about the column itself, whose answer does not rest on an assumption for jsonb.
  const args = (node.args ?? []).map((a) => (name === 'json_valid' ? rawValue(a, context) : translateNode(a, context)));
  return translateCall(name, args, context);
}
