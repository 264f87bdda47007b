/**
 * A DEFAULT clause as an expression that means the same in any other place. Behind DEFAULT alone a bare word is a string, and a
 * double-quoted one always is; elsewhere SQLite takes both for the name of a column.
 */
import { quoteLiteral } from '@causeway/contracts/identifier';
import { isDoubleQuoted, parseExpression, type Unparsed } from './parse/sqlite-grammar.ts';

interface Word {
  readonly name: string;
  readonly span: { readonly offset: number; readonly length: number };
}

/** `text` as pragma table_xinfo gives it. */
export function defaultConstant(text: string): { readonly sql: string } | Unparsed {
  const parsed = parseExpression(text);
  if ('unparsed' in parsed) return parsed;
  const { expr, source } = parsed;
  let sql = source;
  // From the end, so that the places of what stands before are still right.
  for (const word of wordsOf(expr).sort((a, b) => b.span.offset - a.span.offset)) {
    if (/^(?:true|false)$/i.test(word.name) && !isDoubleQuoted(source, word)) continue;
    sql = sql.slice(0, word.span.offset) + quoteLiteral(word.name) + sql.slice(word.span.offset + word.span.length);
  }
  return { sql: sql.slice('SELECT '.length) };
}

/** A default names no column, so that whatever looks like a name and is none of a function is a string. */
function wordsOf(value: unknown): Word[] {
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  if (value === null || typeof value !== 'object') return [];
  const { type } = value as { type?: unknown };
  if (type === 'Id') return [value as Word];
  return Object.entries(value).flatMap(([key, item]) => (type === 'FunctionCallExpr' && key === 'name' ? [] : wordsOf(item)));
}
