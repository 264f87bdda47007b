/**
 * An expression that is NULL where SQLite would end the statement with an error: broken JSON, a blob in a JSON function, abs()
 * of the smallest integer. A trigger may have to look at a row that SQLite itself would refuse, or pass over, before it
 * evaluates anything; its error would then be an error of the application's write.
 */
import type { Expr } from './parse/sqlite-grammar.ts';
import type { ParsedExpression } from './parse/parsed-expression.ts';

interface Node {
  readonly type: string;
  readonly span: { readonly offset: number; readonly length: number };
}

export function unfailing({ expr, source }: ParsedExpression): string {
  return render(expr, source);
}

function render(node: Node, source: string): string {
  const inner = childrenOf(node);
  let text = '';
  let at = node.span.offset;
  for (const child of inner) {
    text += source.slice(at, child.span.offset) + render(child, source);
    at = child.span.offset + child.span.length;
  }
  text += source.slice(at, node.span.offset + node.span.length);
  const guard = guardOf(node as Expr, source);
  return guard === null ? text : `(CASE WHEN ${guard} THEN ${text} END)`;
}

/** The nearest nodes below, in the order of the text. */
function childrenOf(node: object): Node[] {
  const found: Node[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) look(item);
    else if (value !== null && typeof value === 'object') {
      const { type, span } = value as { type?: unknown; span?: unknown };
      if (typeof type === 'string' && typeof span === 'object') found.push(value as Node);
      else for (const item of Object.values(value)) look(item);
    }
  };
  for (const [key, value] of Object.entries(node)) if (key !== 'span' && !(node as Node).type.startsWith('Literal') && !(key === 'name' && (node as Node).type === 'FunctionCallExpr')) look(value);
  return found.sort((a, b) => a.span.offset - b.span.offset);
}

/** Their first argument is a document; json_valid and json_error_position take anything. */
const READS_JSON = /^jsonb?(?:_(?:extract|type|array_length|array_insert|insert|replace|set|remove|patch|pretty))?$/i;
/** These make one of their arguments, and a blob has no place in it. */
const MAKES_JSON = /^jsonb?_(?:array|object|quote)$/i;

/** What must hold so that the node itself cannot fail; null: it never does. */
function guardOf(node: Expr, source: string): string | null {
  if (node.type === 'BinaryExpr' && (node.op === 'ArrowRight' || node.op === 'ArrowRightShift')) return document(render(node.left, source));
  if (node.type !== 'FunctionCallExpr') return null;
  const args = (node.args ?? []).map((arg) => render(arg, source));
  const [first] = args;
  if (first === undefined) return null;
  const name = node.name.name;
  if (READS_JSON.test(name)) return document(first);
  if (MAKES_JSON.test(name)) return args.map((arg) => `typeof(${arg}\n) <> 'blob'`).join(' AND ');
  return name.toLowerCase() === 'abs' ? `(${first}\n) IS NOT -9223372036854775808` : null;
}

/** SQLite's binary form of JSON is a blob, and json_valid says no to it. */
const document = (text: string): string => `(typeof(${text}\n) = 'blob' OR json_valid(${text}\n))`;
