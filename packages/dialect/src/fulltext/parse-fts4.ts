/**
 * The query language of FTS3 and FTS4 where it means the same in every build of SQLite: words and phrases side by side, or
 * joined by OR alone. What AND, NOT, `-` and parentheses mean there depends on how SQLite was built.
 */
import { Untranslatable } from '../expression/untranslatable.ts';
import { foldAscii } from '../parse/fold-ascii.ts';
import { type SearchTree, wordsOf } from './search-tree.ts';

export function parseFts4(text: string): SearchTree {
  if (/[()^]|(?:^|\s)-|\bNEAR\b/.test(text.replaceAll(/"[^"]*"/g, ''))) throw new Untranslatable('MATCH of FTS4 with parentheses, -, ^ or NEAR, whose meaning depends on how SQLite was built');
  const parts = text.match(/(?:[A-Za-z_]\w*:)?(?:"[^"]*"\*?|[^\s"]+)/gu) ?? [];
  const joined = parts.filter((p) => p === 'OR').length;
  if (parts.some((p) => p === 'AND' || p === 'NOT') || parts[0] === 'OR' || parts.at(-1) === 'OR' || (joined > 0 && parts.length !== 2 * joined + 1)) {
    throw new Untranslatable('MATCH of FTS4 with AND, NOT or several operators, whose meaning depends on how SQLite was built');
  }
  const [first, ...rest] = parts.filter((p) => p !== 'OR').map(phrase);
  if (first === undefined) throw new Untranslatable('MATCH with nothing');
  return rest.reduce<SearchTree>((left, right) => ({ kind: joined > 0 ? 'or' : 'and', left, right }), first);
}

function phrase(part: string): SearchTree {
  const named = /^([A-Za-z_]\w*):(.+)$/su.exec(part);
  const text = named?.[2] ?? part;
  const prefix = text.endsWith('*');
  const words = wordsOf(text);
  if (/\*./su.test(text)) throw new Untranslatable('MATCH with a prefix inside a phrase');
  // A bare word with a mark inside is cut into separate words, which must stand side by side only between quotes.
  if (words.length > 1 && !text.startsWith('"')) throw new Untranslatable('MATCH of FTS4 with a mark inside a word');
  return { kind: 'phrase', words, prefix, columns: named === null ? null : [foldAscii(named[1] as string)], except: false };
}
