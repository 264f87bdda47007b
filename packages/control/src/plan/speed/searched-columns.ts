/**
 * Which columns an application's queries search with LIKE '%…%': found by SQLite's own grammar where it takes the text,
 * in the PostgreSQL form by its lexical rules.
 */
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import { searchedColumns } from '@causeway/dialect/searched-columns';
import type { Query } from '../../queries/query-set.ts';
import { withoutComments } from '../../queries/scan-sql.ts';
import type { PlanTable } from '../plan-document.ts';
import type { SourceSchema } from '../source-schema.ts';
import type { SearchWish } from './speed-wishes.ts';

export function searchesOf(queries: readonly Query[], schema: SourceSchema, tables: readonly PlanTable[]): SearchWish[] {
  const found = new Map<string, SearchWish>();
  for (const query of queries) {
    for (const { table, column } of searchedColumns(query.sqlite)) {
      for (const source of schema.tables) {
        const named = source.columns.find((c) => foldAscii(c.name) === foldAscii(column));
        const planned = tables.find((t) => t.name === source.name)?.columns.find((c) => c.name === named?.name);
        if (named === undefined || planned === undefined || !table.some((t) => foldAscii(t) === foldAscii(source.name)) || !isText(planned.type)) continue;
        const wish: SearchWish = { table: source.name, column: named.name, form: formOf(query) };
        found.set(JSON.stringify(wish), wish);
      }
    }
  }
  return [...found.values()];
}

const isText = (type: string): boolean => type === 'text' || type.startsWith('character varying');

/** How the search will be asked in PostgreSQL: as the file says; else as causeway translates SQLite's LIKE. */
function formOf(query: Query): SearchWish['form'] {
  if (query.postgres === null) return /\bESCAPE\s+'\\'/i.test(query.sqlite) ? 'upper' : 'ascii';
  return /\bupper\s*\([^)]*\)\s*(?:::text\s*\)?\s*)?like\b/i.test(withoutComments(query.postgres)) ? 'upper' : 'plain';
}
