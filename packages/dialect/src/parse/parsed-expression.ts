import type { Expr } from './sqlite-grammar.ts';

/** An expression together with the whole text that its nodes' positions refer to. */
export interface ParsedExpression {
  readonly expr: Expr;
  readonly source: string;
  /** The expression verbatim, as written. */
  readonly text: string;
}

export function parsedExpression(expr: Expr, source: string): ParsedExpression {
  return { expr, source, text: source.slice(expr.span.offset, expr.span.offset + expr.span.length) };
}
