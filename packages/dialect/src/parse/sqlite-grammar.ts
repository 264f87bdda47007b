/**
 * SQLite's own grammar (generated from its parse.y), made total: text that does not parse is an outcome, never an exception.
 * See docs/decisions for what else was tried.
 */
import { type Expr, type Stmt, withOptions } from 'sqlite3-parser';

export type { Expr, Select, Stmt } from 'sqlite3-parser';

export interface Unparsed {
  /** Why the text could not be read. */
  readonly unparsed: string;
}

const grammar = withOptions({ digitSeparator: '_', singleStatement: true });

export function parseStatement(sql: string): Stmt | Unparsed {
  try {
    const result = grammar.parseStmt(sql);
    if (result.status === 'ok') return result.root;
    return { unparsed: result.errors.map((e) => e.message).join('; ') };
  } catch (error) {
    return { unparsed: (error as Error).message };
  }
}

const WRAP = 'SELECT (';

/** The text is wrapped in parentheses, so that it must be one expression and cannot end the statement. */
export function parseExpression(text: string): { readonly expr: Expr; readonly source: string } | Unparsed {
  // A newline before the parenthesis ends a comment that the text may end with.
  const source = `${WRAP}${text}\n)`;
  const statement = parseStatement(source);
  if ('unparsed' in statement) return statement;
  if (statement.type !== 'SelectStmt') return { unparsed: 'not an expression' };
  const { select, compounds, orderBy, limit } = statement.body;
  if (select.type !== 'SelectFrom' || compounds !== undefined || orderBy !== undefined || limit !== undefined) return { unparsed: 'not an expression' };
  const [column, second] = select.columns;
  if (column?.type !== 'ExprResultColumn' || second !== undefined || column.alias !== undefined || select.from !== undefined) return { unparsed: 'not an expression' };
  const expr = column.expr;
  if (expr.type !== 'ParenthesizedExpr' || expr.exprs.length !== 1) return { unparsed: 'not a single expression' };
  return { expr: expr.exprs[0] as Expr, source };
}

/** "double quoted" names may be strings (SQLite's old habit), bare and [bracketed] ones may not: only the source text tells. */
export function isDoubleQuoted(source: string, node: { readonly span: { readonly offset: number } }): boolean {
  return source.charAt(node.span.offset) === '"';
}
