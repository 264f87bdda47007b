/** Full-text tables as a query may search them: with rows of their own, or as the index of another table's text. */
import { findColumn, type ScopeColumn } from '@causeway/dialect/column-scope';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import type { FulltextTable, ViewColumn, ViewTable } from '@causeway/dialect/view/relation';
import type { TableScope } from '../plan/objects/table-scope.ts';
import type { SourceObject } from '../plan/source-schema.ts';
import { configuration, type FtsText, ftsText, isTrigram } from '../plan/speed/fts-tables.ts';

/** The rowid of a full-text table stays when a migration is complete. */
const ROWID: ScopeColumn = { target: 'rowid', type: 'int8', affinity: 'integer', collation: 'BINARY', notNull: true, classes: ['integer'] };

/** What a table with its own rows has beside its columns; nothing where it is none of full text. */
export function ownFulltext(scope: TableScope): Pick<ViewTable, 'rowid' | 'fulltext'> {
  const { source } = scope;
  if (source.fts !== 'fts4' && source.fts !== 'fts5') return {};
  const text = ftsText(scope, source.sql);
  if (text === null) return {};
  const rowid = source.columns.some((c) => foldAscii(c.name) === 'rowid') ? {} : { rowid: ROWID };
  return { ...rowid, fulltext: described(source.name, text, scope) };
}

/** An external-content table as the table that it indexes, with the columns that it names. */
export function externalFulltext(object: SourceObject, scopes: readonly TableScope[]): ViewTable | null {
  const sql = object.sql ?? '';
  for (const scope of scopes) {
    const text = ftsText(scope, sql);
    if (text === null || foldAscii(text.options.get('content') ?? '') !== foldAscii(scope.source.name)) continue;
    const columns = text.all.map((name) => ({ name, column: findColumn(scope.scope, name) }));
    const key = text.options.get('content_rowid') ?? scope.source.rowidColumn;
    const rowid = key === null ? undefined : findColumn(scope.scope, key);
    if (columns.some((c) => c.column === undefined)) return null;
    return { target: scope.target, columns: columns as ViewColumn[], ...(rowid === undefined ? {} : { rowid }), fulltext: described(object.name, text, scope) };
  }
  return null;
}

function described(name: string, text: FtsText, scope: TableScope): FulltextTable {
  const { config, notes } = configuration(text.tokenizer);
  const columns = text.columns.map((column) => ({ name: foldAscii(column), target: findColumn(scope.scope, column)?.target as string }));
  const refused = refusal(text);
  return { name: foldAscii(name), module: text.module === 'fts5' ? 'fts5' : 'fts4', config, columns, notes, ...(refused === null ? {} : { refused }) };
}

function refusal({ tokenizer, columns }: FtsText): string | null {
  if (columns.length === 0) return 'MATCH in a table none of whose columns became text';
  if (isTrigram(tokenizer)) return 'MATCH of the tokenizer trigram, which finds parts of words: ask with ILIKE, which the trigram index answers';
  return /\b(?:tokenchars|separators|categories)\b/i.test(tokenizer) ? 'MATCH of a tokenizer with rules of its own for what a word is' : null;
}
