/** The arguments of CREATE VIRTUAL TABLE … USING module (…), by the lexical rules only: SQLite hands them over as text. */
import { scanSql } from '../../queries/scan-sql.ts';

export interface VirtualTableText {
  readonly module: string;
  /** Column definitions, each without its outer blanks. */
  readonly columns: readonly { readonly name: string; readonly rest: string }[];
  /** `key = value`, keys in lower case, values without their quotes. */
  readonly options: ReadonlyMap<string, string>;
}

export function virtualTableText(sql: string): VirtualTableText | null {
  const head = /^\s*create\s+virtual\s+table\b[\s\S]*?\busing\s+(\w+)\s*\(/i.exec(sql);
  if (head === null) return null;
  const parts = argumentsOf(sql.slice(head[0].length));
  const options = new Map<string, string>();
  const columns: { name: string; rest: string }[] = [];
  for (const part of parts) {
    const option = /^(\w+)\s*=\s*([\s\S]*)$/.exec(part);
    if (option !== null) options.set((option[1] as string).toLowerCase(), unquoted((option[2] as string).trim()));
    else {
      const first = /^("(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`|\[[^\]]*\]|\S+)\s*([\s\S]*)$/.exec(part.replace(/^\+\s*/, ''));
      if (first !== null) columns.push({ name: unquoted(first[1] as string), rest: (first[2] as string).trim() });
    }
  }
  return { module: (head[1] as string).toLowerCase(), columns, options };
}

function argumentsOf(text: string): string[] {
  const out = [''];
  let depth = 0;
  for (const { kind, text: piece } of scanSql(text)) {
    if (kind === 'comment') continue;
    for (const ch of kind === 'code' ? piece : [piece]) {
      if (ch === ')' && depth === 0) return out.map((part) => part.trim()).filter((part) => part !== '');
      if (ch === '(') depth += 1;
      if (ch === ')') depth -= 1;
      if (ch === ',' && depth === 0) out.push('');
      else out[out.length - 1] += ch;
    }
  }
  return out.map((part) => part.trim()).filter((part) => part !== '');
}

function unquoted(text: string): string {
  const quote = text.at(0) ?? '';
  if (quote === '[') return text.slice(1, -1);
  if (!`"'\``.includes(quote) || quote === '' || text.at(-1) !== quote) return text;
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}
