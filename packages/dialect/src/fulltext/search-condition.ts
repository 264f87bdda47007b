/**
 * A search tree as a condition over the vector that is indexed, so that the index finds the rows. What the vector does not
 * tell, in which column a word stands and whether a phrase runs over the end of one, is asked of the columns beside it.
 */
import { quoteLiteral } from '@causeway/contracts/identifier';
import { Untranslatable } from '../expression/untranslatable.ts';
import type { SearchTree } from './search-tree.ts';
import { searchVector } from './search-vector.ts';

export interface SearchedTable {
  readonly config: string;
  /** The indexed columns in the order of the index: name in the source, in lower case, and quoted for the query. */
  readonly columns: readonly { readonly name: string; readonly sql: string }[];
}

/** `query`: all words without their columns, as tsquery, to rank and highlight by. */
export interface SearchCondition {
  readonly sql: string;
  readonly query: string;
  readonly vector: string;
}

export function searchCondition(tree: SearchTree, table: SearchedTable): SearchCondition {
  const vector = searchVector(table.columns.map((c) => c.sql), table.config);
  const asked = asText(tree, table);
  const query = tsquery(textOf(tree), table.config);
  return { vector, query, sql: asked === null ? condition(tree, table, vector) : `(${vector} @@ ${tsquery(asked, table.config)})` };
}

const tsquery = (text: string, config: string): string => `to_tsquery(${quoteLiteral(config)}, ${quoteLiteral(text)})`;

const OPERATORS = { and: '&', or: '|', not: '& !' } as const;

function textOf(tree: SearchTree): string {
  if (tree.kind === 'phrase') return phraseText(tree);
  return `(${textOf(tree.left)} ${OPERATORS[tree.kind]} ${textOf(tree.right)})`;
}

function phraseText({ words, prefix }: Extract<SearchTree, { kind: 'phrase' }>): string {
  const joined = words.map((word) => `'${word}'`).join(' <-> ');
  return `${words.length > 1 ? '(' : ''}${joined}${prefix ? ':*' : ''}${words.length > 1 ? ')' : ''}`;
}

/** The whole tree in one question to the vector, or null where it has to ask single columns. */
function asText(tree: SearchTree, table: SearchedTable): string | null {
  if (tree.kind === 'phrase') return namedColumns(tree, table).length === table.columns.length && (tree.words.length === 1 || table.columns.length === 1) ? phraseText(tree) : null;
  const [left, right] = [asText(tree.left, table), asText(tree.right, table)];
  return left === null || right === null ? null : `(${left} ${OPERATORS[tree.kind]} ${right})`;
}

function condition(tree: SearchTree, table: SearchedTable, vector: string): string {
  if (tree.kind === 'phrase') {
    const query = tsquery(phraseText(tree), table.config);
    const columns = namedColumns(tree, table);
    if (columns.length === table.columns.length && tree.words.length === 1) return `(${vector} @@ ${query})`;
    return `(${vector} @@ ${query} AND (${columns.map((c) => `${searchVector([c.sql], table.config)} @@ ${query}`).join(' OR ')}))`;
  }
  const [left, right] = [condition(tree.left, table, vector), condition(tree.right, table, vector)];
  return tree.kind === 'or' ? `(${left} OR ${right})` : tree.kind === 'and' ? `(${left} AND ${right})` : `(${left} AND NOT ${right})`;
}

function namedColumns(tree: Extract<SearchTree, { kind: 'phrase' }>, table: SearchedTable): SearchedTable['columns'] {
  if (tree.columns === null) return table.columns;
  const unknown = tree.columns.find((name) => !table.columns.some((c) => c.name === name));
  if (unknown !== undefined) throw new Untranslatable(`MATCH in ${unknown}, which is not searched as text`);
  const left = table.columns.filter((c) => tree.columns?.includes(c.name) !== tree.except);
  if (left.length === 0) throw new Untranslatable('MATCH in no column');
  return left;
}
