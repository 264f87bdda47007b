/**
 * MATCH and what belongs to it, inside one SELECT: the searches are read first, because rank, bm25(), highlight() and
 * snippet() of the result mean the search that stands in WHERE.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { FunctionCallExpr, LikeExpr } from 'sqlite3-parser';
import type { Context } from '../expression/context.ts';
import { translateNode } from '../expression/translate-node.ts';
import { Untranslatable } from '../expression/untranslatable.ts';
import { boolValue, realValue, type Value } from '../expression/value.ts';
import { highlight, snippet } from '../fulltext/headline.ts';
import { parseFts4 } from '../fulltext/parse-fts4.ts';
import { parseFts5 } from '../fulltext/parse-fts5.ts';
import { type SearchCondition, searchCondition } from '../fulltext/search-condition.ts';
import type { SearchTree } from '../fulltext/search-tree.ts';
import { foldAscii } from '../parse/fold-ascii.ts';
import type { Expr } from '../parse/sqlite-grammar.ts';
import type { FulltextTable, Relation } from './relation.ts';
import type { SelectScope } from './view-context.ts';

type Searched = Relation & { readonly fulltext: FulltextTable };

/** `only`: the column on the left of MATCH, in lower case; null for the table itself. */
interface Subject {
  readonly relation: Searched;
  readonly only: string | null;
}

/** SQLite takes MATCH where all conditions have to hold; wherever else it stands it is translated as it comes. */
export function readSearches(where: Expr | undefined, scope: SelectScope): void {
  if (where?.type === 'ParenthesizedExpr' && where.exprs.length === 1) return readSearches(where.exprs[0] as Expr, scope);
  if (where?.type === 'BinaryExpr' && where.op === 'And') {
    readSearches(where.left, scope);
    readSearches(where.right, scope);
    return;
  }
  if (where?.type !== 'LikeExpr' || where.op !== 'Match') return;
  const subject = subjectOf(where.lhs, scope);
  if (subject === null) return;
  if (scope.searches.has(subject.relation.alias)) throw new Untranslatable('MATCH twice on one table');
  scope.searches.set(subject.relation.alias, searchOf(where, subject));
}

/** Null where the node has nothing to do with full text. */
export function fulltextValue(node: Expr, scope: SelectScope, context: Context): Value | null {
  if (node.type === 'LikeExpr' && node.op === 'Match') {
    const subject = subjectOf(node.lhs, scope);
    if (subject === null) return null;
    for (const note of notesOf(subject.relation.fulltext)) context.notes.add(note);
    return boolValue(`${node.not ? '(NOT ' : ''}${searchOf(node, subject).sql}${node.not ? ')' : ''}`);
  }
  if (node.type !== 'FunctionCallExpr' || node.filterOver !== undefined || !FUNCTIONS.has(foldAscii(node.name.name))) return null;
  const subject = node.args?.[0] === undefined ? null : subjectOf(node.args[0], scope);
  return subject === null || subject.only !== null ? null : called(node, subject.relation, scope, context);
}

/** The hidden column `rank`. */
export function rankValue(relation: Relation, scope: SelectScope, notes: Set<string>): Value {
  const search = scope.searches.get(relation.alias);
  if (search === undefined) throw new Untranslatable('rank without MATCH');
  notes.add('ranked by ts_rank, where SQLite ranks by bm25: the numbers differ, and the order of rows that are about as good');
  return realValue(`(-ts_rank(${search.vector}, ${search.query}))::double precision`);
}

const FUNCTIONS = new Set(['bm25', 'highlight', 'snippet']);

function called(node: FunctionCallExpr, relation: Searched, scope: SelectScope, context: Context): Value {
  const name = foldAscii(node.name.name);
  const args = (node.args ?? []).slice(1);
  if (name === 'bm25') {
    if (args.length > 0) context.notes.add('the weights of bm25() are not taken over');
    return rankValue(relation, scope, context.notes);
  }
  const search = scope.searches.get(relation.alias);
  if (search === undefined) throw new Untranslatable(`${name}() without MATCH`);
  const [number, ...marks] = args.map((a) => translateNode(a, context));
  const at = number?.constant?.kind === 'int' ? Number(number.constant.value) : Number.NaN;
  const column = relation.columns[at];
  if (column === undefined) throw new Untranslatable(`${name}() of a column that is not named by its number`);
  if (marks.length !== (name === 'highlight' ? 2 : 4)) throw new Untranslatable(`${name}() with ${args.length + 1} arguments`);
  context.notes.add(`${name}() marks words, where SQLite marks whole phrases${name === 'snippet' ? ', and may choose another part' : ''}`);
  const request = { config: relation.fulltext.config, text: `${quoteIdentifier(relation.alias)}.${quoteIdentifier(column.column.target)}`, search, marks };
  return name === 'highlight' ? highlight(request) : snippet(request);
}

function subjectOf(node: Expr, scope: SelectScope): Subject | null {
  const name = node.type === 'Id' ? node.name : node.type === 'NameExpr' ? node.name.text : node.type === 'QualifiedExpr' ? node.column.text : null;
  if (name === null) return null;
  const table = node.type === 'QualifiedExpr' ? foldAscii(node.table.text) : null;
  const folded = foldAscii(name);
  const found = scope.relations.flatMap((relation): Subject[] => {
    if (relation.fulltext === undefined || (table !== null && foldAscii(relation.alias) !== table)) return [];
    const searched = relation as Searched;
    if (searched.fulltext.name === folded) return [{ relation: searched, only: null }];
    return relation.columns.some((c) => foldAscii(c.name) === folded) ? [{ relation: searched, only: folded }] : [];
  });
  return found.length === 1 ? (found[0] as Subject) : null;
}

function searchOf(node: LikeExpr, { relation, only }: Subject): SearchCondition {
  const { fulltext, alias } = relation;
  if (fulltext.refused !== undefined) throw new Untranslatable(fulltext.refused);
  if (node.rhs.type !== 'StringLiteral') throw new Untranslatable('MATCH with a text that is known only when it is asked: websearch_to_tsquery() takes what people type');
  const tree = fulltext.module === 'fts5' ? parseFts5(node.rhs.value) : parseFts4(node.rhs.value);
  const columns = fulltext.columns.map((c) => ({ name: c.name, sql: `${quoteIdentifier(alias)}.${quoteIdentifier(c.target)}` }));
  return searchCondition(only === null ? tree : inColumn(tree, only), { config: fulltext.config, columns });
}

function inColumn(tree: SearchTree, column: string): SearchTree {
  if (tree.kind !== 'phrase') return { ...tree, left: inColumn(tree.left, column), right: inColumn(tree.right, column) };
  if (tree.columns !== null) throw new Untranslatable('MATCH with a column filter inside another');
  return { ...tree, columns: [column] };
}

function notesOf(table: FulltextTable): readonly string[] {
  return ['words are cut by the rules of PostgreSQL: a path, a host, an address or a number with its sign is one word, a tag is none', ...table.notes];
}
