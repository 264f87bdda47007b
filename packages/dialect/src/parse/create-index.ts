/** The key parts and the condition of CREATE INDEX, which pragma index_xinfo shows only as "an expression". */
import { foldAscii } from './fold-ascii.ts';
import { type ParsedExpression, parsedExpression } from './parsed-expression.ts';
import { type Expr, parseStatement, type Unparsed } from './sqlite-grammar.ts';

export interface ParsedIndexPart {
  /** Without its outer COLLATE. */
  readonly expression: ParsedExpression;
  /** Upper-case ASCII name of an explicit COLLATE. */
  readonly collation: string | null;
  readonly descending: boolean;
}

export interface ParsedIndex {
  readonly name: string;
  readonly table: string;
  readonly unique: boolean;
  readonly parts: readonly ParsedIndexPart[];
  readonly where: ParsedExpression | null;
}

export function parseCreateIndex(sql: string): ParsedIndex | Unparsed {
  const statement = parseStatement(sql);
  if ('unparsed' in statement) return statement;
  if (statement.type !== 'CreateIndexStmt') return { unparsed: `not a CREATE INDEX but ${statement.type}` };
  return {
    name: statement.idxName.objName.text,
    table: statement.tblName.text,
    unique: statement.unique,
    parts: statement.columns.map((c) => part(c.expr, c.order === 'Desc', sql)),
    where: statement.whereClause === undefined ? null : parsedExpression(statement.whereClause, sql),
  };
}

function part(expr: Expr, descending: boolean, sql: string): ParsedIndexPart {
  if (expr.type !== 'CollateExpr') return { expression: parsedExpression(expr, sql), collation: null, descending };
  return { expression: parsedExpression(expr.expr, sql), collation: foldAscii(expr.collation).toUpperCase(), descending };
}
