/**
 * The query language of FTS5, after its own grammar (fts5parse.y): words side by side bind closest, then NOT, AND, OR.
 * https://www.sqlite.org/fts5.html#full_text_query_syntax. Throws Untranslatable where PostgreSQL has no equal, and where
 * FTS5 itself refuses the text.
 */
import { Untranslatable } from '../expression/untranslatable.ts';
import { foldAscii } from '../parse/fold-ascii.ts';
import { type SearchTree, wordsOf } from './search-tree.ts';

interface Token {
  readonly kind: 'word' | 'mark';
  readonly text: string;
  /** Between double quotes, so that AND, OR and NOT are words. */
  readonly quoted: boolean;
}

type Filter = Pick<Extract<SearchTree, { kind: 'phrase' }>, 'columns' | 'except'>;
const ANY: Filter = { columns: null, except: false };

/** Deeper nesting than FTS5 takes itself. */
const DEEPEST = 256;

export function parseFts5(text: string): SearchTree {
  const reader = new Reader(tokensOf(text));
  const tree = expression(reader, ANY);
  if (reader.peek() !== undefined) throw refused(`near ${JSON.stringify(reader.peek()?.text)}`);
  return tree;
}

const refused = (where: string): Untranslatable => new Untranslatable(`MATCH with a text that FTS5 refuses: ${where}`);

function tokensOf(text: string): Token[] {
  const out: Token[] = [];
  const pattern = /[ \t\n\r]*(?:"((?:[^"]|"")*)"|([A-Za-z0-9_\u0080-\u{10FFFF}]+)|([-():*+,{}^]))/uy;
  const end = text.replace(/[ \t\n\r]+$/, '').length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw refused(`near ${JSON.stringify(text.slice(at).trim().slice(0, 1))}`);
    if (match[1] !== undefined) out.push({ kind: 'word', text: match[1].replaceAll('""', '"'), quoted: true });
    else if (match[2] !== undefined) out.push({ kind: 'word', text: match[2], quoted: false });
    else out.push({ kind: 'mark', text: match[3] as string, quoted: false });
  }
  return out;
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;
  depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  isMark(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'mark' && token.text === text;
  }

  isOperator(...names: readonly string[]): boolean {
    const token = this.peek();
    return token?.kind === 'word' && !token.quoted && names.includes(token.text);
  }

  isString(ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'word' && (token.quoted || !['AND', 'OR', 'NOT'].includes(token.text));
  }

  next(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw refused('at its end');
    return token;
  }

  expect(mark: string): void {
    if (!this.isMark(mark)) throw refused(this.peek() === undefined ? 'at its end' : `near ${JSON.stringify(this.peek()?.text)}`);
    this.#at += 1;
  }
}

/** Loosest first; all of them bind to the left. */
const OPERATORS = [['OR', 'or'], ['AND', 'and'], ['NOT', 'not']] as const;

function expression(r: Reader, filter: Filter, level = 0): SearchTree {
  const operator = OPERATORS[level];
  if (operator === undefined) return primary(r, filter);
  const [word, kind] = operator;
  let left = expression(r, filter, level + 1);
  while (r.isOperator(word)) {
    r.next();
    left = { kind, left, right: expression(r, filter, level + 1) };
  }
  return left;
}

/** Parentheses, or phrases side by side, which all have to be there. */
function primary(r: Reader, filter: Filter): SearchTree {
  const own = columnFilter(r, filter);
  if (r.isMark('(')) {
    r.next();
    if ((r.depth += 1) > DEEPEST) throw refused('nested too deeply');
    const inner = expression(r, own);
    r.expect(')');
    r.depth -= 1;
    return inner;
  }
  let tree = phrase(r, own);
  for (;;) {
    const next = columnFilter(r, filter);
    if (!r.isString() && !r.isMark('^')) {
      if (next !== filter) throw refused('a column filter before nothing');
      return tree;
    }
    tree = { kind: 'and', left: tree, right: phrase(r, next) };
  }
}

/** `name :`, `{a b} :`, `- {a b} :`; one inside another leaves the columns that both allow. */
function columnFilter(r: Reader, outer: Filter): Filter {
  const except = r.isMark('-');
  const at = except ? 1 : 0;
  if (r.isMark('{', at)) {
    if (except) r.next();
    r.next();
    const columns: string[] = [];
    while (r.isString()) columns.push(foldAscii(r.next().text));
    r.expect('}');
    r.expect(':');
    return narrowed(outer, { columns, except });
  }
  if (!r.isString(at) || !r.isMark(':', at + 1)) {
    if (except) throw refused('near "-"');
    return outer;
  }
  if (except) r.next();
  const columns = [foldAscii(r.next().text)];
  r.next();
  return narrowed(outer, { columns, except });
}

function narrowed(outer: Filter, own: Filter): Filter {
  if (outer.columns === null) return own;
  throw new Untranslatable('MATCH with a column filter inside another');
}

function phrase(r: Reader, filter: Filter): SearchTree {
  if (r.isMark('^')) throw new Untranslatable('MATCH with ^: PostgreSQL does not ask whether a word is the first');
  if (r.isMark('{') || r.isMark('-')) throw refused(`near ${JSON.stringify(r.peek()?.text)}`);
  if (r.isString() && r.peek()?.quoted === false && r.peek()?.text === 'NEAR' && r.isMark('(', 1)) throw new Untranslatable('MATCH with NEAR: PostgreSQL asks for an exact distance only');
  const words: string[] = [];
  let prefix = false;
  for (;;) {
    if (!r.isString()) throw refused(r.peek() === undefined ? 'at its end' : `near ${JSON.stringify(r.peek()?.text)}`);
    words.push(...wordsOf(r.next().text));
    prefix = r.isMark('*');
    if (prefix) r.next();
    if (!r.isMark('+')) return { kind: 'phrase', words, prefix, ...filter };
    if (prefix) throw new Untranslatable('MATCH with a prefix inside a phrase');
    r.next();
  }
}
