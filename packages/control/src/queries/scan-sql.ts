/** SQL by its lexical rules only: where literals, quoted names and comments begin and end, the same in both dialects. */

export interface SqlPart {
  readonly kind: 'code' | 'quoted' | 'comment';
  readonly text: string;
}

const PART = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

export function scanSql(sql: string): SqlPart[] {
  const parts: SqlPart[] = [];
  let end = 0;
  for (const match of sql.matchAll(PART)) {
    // PostgreSQL's casts and subscripts are no quoted names: a bracket after a name or a parenthesis is a subscript.
    const before = sql.slice(0, match.index).trimEnd().at(-1) ?? '';
    const subscript = match[0].startsWith('[') && /[\w)\]"]/.test(before);
    if (match.index > end) parts.push({ kind: 'code', text: sql.slice(end, match.index) });
    parts.push({ kind: subscript ? 'code' : /^(--|\/\*)/.test(match[0]) ? 'comment' : 'quoted', text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < sql.length) parts.push({ kind: 'code', text: sql.slice(end) });
  return parts;
}

/** Statements with the comments that stand before and inside them; the semicolons are gone. */
export function splitStatements(sql: string): string[] {
  const statements = [''];
  for (const { kind, text } of scanSql(sql)) {
    const pieces = kind === 'code' ? text.split(';') : [text];
    pieces.forEach((piece, i) => {
      if (i > 0) statements.push('');
      statements[statements.length - 1] += piece;
    });
  }
  return statements;
}

/** Without comments, and trimmed. */
export function withoutComments(sql: string): string {
  return scanSql(sql).map((p) => (p.kind === 'comment' ? ' ' : p.text)).join('').trim();
}

/** Only code, for questions about keywords; what is quoted becomes blanks of the same length. */
export function codeOnly(sql: string): string {
  return scanSql(sql).map((p) => (p.kind === 'code' ? p.text : ' '.repeat(p.text.length))).join('');
}

/** Whether the outermost SELECT has an ORDER BY: then the order of the rows is part of the result. */
export function isOrdered(sql: string): boolean {
  let depth = 0;
  let outer = '';
  for (const ch of codeOnly(sql)) {
    if (ch === '(') depth += 1;
    if (depth === 0) outer += ch;
    if (ch === ')') depth -= 1;
  }
  return /\border\s+by\b/i.test(outer);
}

/** `:name` becomes `$1`, `$2` … in the order of their first occurrence; `::type` is a cast and stays. */
export function numberedParameters(sql: string): { readonly text: string; readonly names: readonly string[] } {
  const names: string[] = [];
  const text = scanSql(sql)
    .map((part) => (part.kind !== 'code' ? part.text : part.text.replaceAll(/(?<![:\w]):([A-Za-z_]\w*)/g, (_, name: string) => {
      if (!names.includes(name)) names.push(name);
      return `$${names.indexOf(name) + 1}`;
    })))
    .join('');
  return { text, names };
}
