/** LIKE and GLOB: case-blind for A–Z only, no default escape; GLOB becomes a regular expression. */
import { quoteLiteral } from '@causeway/contracts/identifier';
import { foldedAscii } from './ascii-case.ts';
import type { Context } from './context.ts';
import { asInteger } from './numeric-form.ts';
import { Untranslatable } from './untranslatable.ts';
import { boolValue, type Value } from './value.ts';

/** Both operands of LIKE and GLOB are taken as text. */
export function asText(v: Value): string {
  if (v.kind === 'text') return v.sql;
  if (v.constant?.kind === 'int') return quoteLiteral(String(v.constant.value));
  if (v.kind === 'int' || v.kind === 'bool') return `${asInteger(v)}::text`;
  if (v.kind === 'real' || v.kind === 'mixed') throw new Untranslatable("a real number's text differs between SQLite and PostgreSQL");
  if (v.kind === 'blob') throw new Untranslatable('a blob is used as text');
  throw new Untranslatable(`a column that became ${v.column?.type ?? 'another type'} is used as text`);
}

export function translateLike(subject: Value, pattern: Value, escape: Value | null, context: Context): Value {
  if (subject.kind === 'null' || pattern.kind === 'null' || escape?.kind === 'null') return boolValue('NULL::boolean');
  const [text, like] = [foldedAscii(asText(subject)), foldedAscii(asText(pattern))];
  if (escape === null) return boolValue(`(${text} LIKE ${like} ESCAPE '')`);
  const character = escape.constant?.kind === 'text' ? escape.constant.value : '';
  // Folding would change a letter, and SQLite treats % and _ before it treats them as escapes.
  if ([...character].length !== 1 || /[A-Za-z%_]/.test(character)) throw new Untranslatable('LIKE … ESCAPE with this escape character');
  if (pattern.constant?.kind !== 'text') {
    context.notes.add('PostgreSQL raises an error where a LIKE pattern ends with its escape character; SQLite finds no match');
  } else if (endsEscaped(pattern.constant.value, character)) {
    return boolValue(`(CASE WHEN ${text} IS NULL THEN NULL ELSE FALSE END)`);
  }
  return boolValue(`(${text} LIKE ${like} ESCAPE ${quoteLiteral(character)})`);
}

function endsEscaped(pattern: string, escape: string): boolean {
  const characters = [...pattern];
  let i = 0;
  while (i < characters.length) {
    if (characters[i] !== escape) i += 1;
    else if (i + 1 === characters.length) return true;
    else i += 2;
  }
  return false;
}

/** Only constant patterns: the expression is built here. Case matters, and characters compare by code point. */
export function translateGlob(subject: Value, pattern: Value): Value {
  if (subject.kind === 'null' || pattern.kind === 'null') return boolValue('NULL::boolean');
  if (pattern.constant?.kind !== 'text') throw new Untranslatable('GLOB with a pattern that is not a literal');
  const text = asText(subject);
  const regex = globToRegex([...pattern.constant.value]);
  if (regex === null) return boolValue(`(CASE WHEN ${text} IS NULL THEN NULL ELSE FALSE END)`);
  return boolValue(`(${text} COLLATE "C" ~ ${quoteLiteral(`^${regex}$`)})`);
}

/** Null: an unclosed bracket, which matches nothing. */
function globToRegex(pattern: readonly string[]): string | null {
  let out = '';
  let i = 0;
  while (i < pattern.length) {
    const c = pattern[i] as string;
    if (c !== '[') {
      out += c === '*' ? '.*' : c === '?' ? '.' : codePoint(c);
      i += 1;
      continue;
    }
    const set = bracket(pattern, i + 1);
    if (set === null) return null;
    out += set.regex;
    i = set.next;
  }
  return out;
}

/** Follows SQLite's own loop: `^` negates, `]` first is itself, `-` makes a range unless it is first or last. */
function bracket(pattern: readonly string[], start: number): { readonly regex: string; readonly next: number } | null {
  let i = start;
  const negated = pattern[i] === '^';
  if (negated) i += 1;
  const members: string[] = [];
  let prior: string | null = null;
  if (pattern[i] === ']') {
    members.push(codePoint(']'));
    i += 1;
  }
  for (; i < pattern.length && pattern[i] !== ']'; i += 1) {
    const c = pattern[i] as string;
    const next = pattern[i + 1];
    if (c === '-' && prior !== null && next !== undefined && next !== ']') {
      if (prior <= next) members.push(`${codePoint(prior)}-${codePoint(next)}`);
      prior = null;
      i += 1;
    } else {
      members.push(codePoint(c));
      prior = c;
    }
  }
  if (i >= pattern.length || members.length === 0) return null;
  return { regex: `[${negated ? '^' : ''}${members.join('')}]`, next: i + 1 };
}

/** Letters and digits stand for themselves; everything else is written as its code point, inside brackets and out. */
function codePoint(c: string): string {
  if (/^[A-Za-z0-9 ]$/.test(c)) return c;
  const code = c.codePointAt(0) as number;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
