/**
 * FTS5, FTS4 and FTS3 tables become full-text search of PostgreSQL: on their own rows where they hold them, on the table
 * whose text they index where they do not. docs/faster.md has the mapping of columns, tokenizers and questions.
 */
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import type { TableScope } from '../objects/table-scope.ts';
import type { PlanObject } from '../plan-document.ts';
import { fulltextObject } from './fulltext-object.ts';
import { searchObject } from './search-object.ts';
import type { SpeedInput } from './speed-objects.ts';
import { virtualTableText } from './virtual-table-text.ts';

export function fulltextOfVirtualTables(input: SpeedInput): PlanObject[] {
  const own = input.scopes.flatMap((scope) => (scope.source.fts === 'fts4' || scope.source.fts === 'fts5' ? objectsFor(scope, scope.source.sql, input) : []));
  const external = input.virtual.filter((o) => o.kind === 'virtual_table').flatMap((object) => {
    const content = virtualTableText(object.sql ?? '')?.options.get('content');
    const scope = content === undefined || content === '' ? undefined : input.scopes.find((s) => foldAscii(s.source.name) === foldAscii(content));
    return scope === undefined ? [] : objectsFor(scope, object.sql ?? '', input);
  });
  return [...own, ...external];
}

function objectsFor(scope: TableScope, sql: string, { names }: SpeedInput): PlanObject[] {
  const text = ftsText(scope, sql);
  if (text === null || text.columns.length === 0) return [];
  const { columns, tokenizer } = text;
  if (isTrigram(tokenizer)) return columns.map((column) => searchObject(scope, { table: scope.source.name, column, form: 'plain' }, names));
  return [fulltextObject(scope, { table: scope.source.name, columns: [...columns], ...configuration(tokenizer), source: sql }, names)];
}

export interface FtsText {
  readonly module: string;
  /** All of the table, in its order. */
  readonly all: readonly string[];
  /** Those that are searched and are text in PostgreSQL. */
  readonly columns: readonly string[];
  readonly tokenizer: string;
  readonly options: ReadonlyMap<string, string>;
}

/** `scope` holds the text: the table itself, or the one that it indexes. Null where it is no full-text table. */
export function ftsText(scope: TableScope, sql: string): FtsText | null {
  const text = virtualTableText(sql);
  if (text === null || !/^fts[345]$/.test(text.module)) return null;
  const unindexed = foldAscii(text.options.get('notindexed') ?? '');
  const columns = text.columns
    .filter((c) => !/^unindexed$/i.test(c.rest) && foldAscii(c.name) !== unindexed)
    .map((c) => c.name)
    .filter((name) => ['text', 'varchar'].includes(scope.scope.columns.get(foldAscii(name))?.type ?? ''));
  return { module: text.module, all: text.columns.map((c) => c.name), columns, tokenizer: (text.options.get('tokenize') ?? '').trim(), options: text.options };
}

export const isTrigram = (tokenizer: string): boolean => /^trigram\b/i.test(tokenizer);

/** Tokenizers and text search configurations: only `porter` cuts words to their stems, and it knows English alone. */
export function configuration(tokenizer: string): { config: string; notes: string[] } {
  const ranking = 'SQLite ranks by bm25, PostgreSQL by ts_rank: the order of equally good rows differs';
  if (/\bporter\b/i.test(tokenizer)) return { config: 'english', notes: ['tokenizer porter → configuration english, which leaves out stop words as well', ranking] };
  const accents = /^\s*ascii\b|remove_diacritics\s+0/i.test(tokenizer) || /^simple\b/i.test(tokenizer) ? [] : ['SQLite finds é by e, PostgreSQL does not'];
  return { config: 'simple', notes: [`tokenizer ${tokenizer === '' ? 'unicode61' : tokenizer} → configuration simple: words as they are, without their case`, ...accents, ranking] };
}
