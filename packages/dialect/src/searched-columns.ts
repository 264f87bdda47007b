/** Columns that a SELECT searches by a pattern that begins with a wildcard, with the tables that they may belong to. */
import { type Expr, parseStatement } from './parse/sqlite-grammar.ts';

export interface SearchedColumn {
  readonly column: string;
  /** The table that the query names for it, or all that it reads. */
  readonly table: readonly string[];
}

/** Empty where the text is not understood: then nothing is known. */
export function searchedColumns(sql: string): SearchedColumn[] {
  const statement = parseStatement(sql);
  if ('unparsed' in statement) return [];
  const aliases = new Map<string, string>();
  const found: { column: string; qualifier: string | null }[] = [];
  visit(statement, (node) => {
    if (node.type === 'TableSelectTable') {
      const { tblName, alias } = node as unknown as { tblName: { objName: { text: string } }; alias?: { name: { text: string } } };
      aliases.set((alias?.name.text ?? tblName.objName.text).toLowerCase(), tblName.objName.text);
    }
    if (node.type !== 'LikeExpr') return;
    const like = node as unknown as { op: string; lhs: Expr; rhs: Expr };
    if (like.op === 'Like' && mayBeginWithWildcard(like.rhs)) found.push(...columnsOf(like.lhs));
  });
  const all = [...new Set(aliases.values())];
  return found.map(({ column, qualifier }) => ({ column, table: qualifier === null ? all : [aliases.get(qualifier.toLowerCase()) ?? qualifier] }));
}

interface Node {
  readonly type: string;
}

/** A function's name is an Id as well, and no column. */
function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const { type } = value as { type?: unknown };
  if (typeof type === 'string') see(value as Node);
  for (const [key, item] of Object.entries(value)) if (!(type === 'FunctionCallExpr' && key === 'name')) visit(item, see);
}

/** A literal says it; of a parameter or an expression it is not known, and a search is what LIKE is mostly for. */
function mayBeginWithWildcard(pattern: Expr): boolean {
  if (pattern.type === 'StringLiteral') return /^[%_]/.test(pattern.value) && /[^%_]{3}/.test(pattern.value);
  if (pattern.type === 'BinaryExpr' && pattern.op === 'Concat') return mayBeginWithWildcard(leftmost(pattern));
  return true;
}

function leftmost(node: Expr): Expr {
  if (node.type === 'BinaryExpr') return leftmost(node.left);
  // '%' alone before what is joined to it.
  return node.type === 'StringLiteral' && /^[%_]/.test(node.value) ? { ...node, value: '%abc' } : node;
}

/** The column itself, or inside lower(), upper() and the like. */
function columnsOf(node: Expr): { column: string; qualifier: string | null }[] {
  const out: { column: string; qualifier: string | null }[] = [];
  visit(node, (seen) => {
    const n = seen as unknown as { type: string; name?: string; table?: { text: string }; column?: { text: string } };
    if (n.type === 'Id' && typeof n.name === 'string') out.push({ column: n.name, qualifier: null });
    if (n.type === 'QualifiedExpr' && n.column !== undefined) out.push({ column: n.column.text, qualifier: n.table?.text ?? null });
  });
  return out;
}
