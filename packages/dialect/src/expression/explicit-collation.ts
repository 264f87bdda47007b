/**
 * In SQLite an explicit COLLATE anywhere below counts for the whole expression: also through functions, comparisons and
 * CASE, the leftmost operand first.
 */
import type { Expr } from '../parse/sqlite-grammar.ts';

export function explicitCollation(node: Expr): string | null {
  if (node.type === 'CollateExpr') return node.collation;
  for (const child of operands(node)) {
    const found = explicitCollation(child);
    if (found !== null) return found;
  }
  return null;
}

/** In the order in which SQLite keeps them; LIKE is a function whose first argument is the pattern. */
function operands(node: Expr): readonly Expr[] {
  switch (node.type) {
    case 'ParenthesizedExpr':
      return node.exprs;
    case 'CastExpr':
    case 'UnaryExpr':
    case 'IsNullExpr':
    case 'NotNullExpr':
      return [node.expr];
    case 'BinaryExpr':
      return [node.left, node.right];
    case 'BetweenExpr':
      return [node.lhs, node.start, node.end];
    case 'InListExpr':
      return [node.lhs, ...(node.rhs ?? [])];
    case 'LikeExpr':
      return node.escape === undefined ? [node.rhs, node.lhs] : [node.rhs, node.lhs, node.escape];
    case 'FunctionCallExpr':
      return node.args ?? [];
    case 'CaseExpr': {
      const branches = node.whenThenPairs.flatMap(({ when, then }) => [when, then]);
      return [...(node.base === undefined ? [] : [node.base]), ...branches, ...(node.elseExpr === undefined ? [] : [node.elseExpr])];
    }
    default:
      return [];
  }
}
