/** A trigram index: LIKE '%…%', ILIKE and regular expressions find their rows without reading the table. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { findColumn } from '@causeway/dialect/column-scope';
import { foldedAscii } from '@causeway/dialect/expression/ascii-case';
import type { RelationNames } from '../objects/relation-names.ts';
import type { TableScope } from '../objects/table-scope.ts';
import type { PlanObject } from '../plan-document.ts';
import type { SearchWish } from './speed-wishes.ts';

const WRITTEN: Readonly<Record<SearchWish['form'], (column: string) => string>> = {
  plain: (column) => column,
  upper: (column) => `upper((${column})::text)`,
  ascii: (column) => `(${foldedAscii(column)})`,
};

const SUFFIX: Readonly<Record<SearchWish['form'], string>> = { plain: 'trgm', upper: 'upper_trgm', ascii: 'ascii_trgm' };

const SAYS: Readonly<Record<SearchWish['form'], string>> = {
  plain: "for LIKE and ILIKE '%…%' on the column",
  upper: "for UPPER(column::text) LIKE '%…%', as Django's icontains asks",
  ascii: "for SQLite's LIKE as causeway translates it: A–Z without their case",
};

/** The table has the column. */
export function searchObject(table: TableScope, wish: SearchWish, names: RelationNames): PlanObject {
  const column = findColumn(table.scope, wish.column)?.target as string;
  const wished = `${table.plan.target}_${column}_${SUFFIX[wish.form]}`;
  return {
    kind: 'index',
    name: wished,
    table: table.source.name,
    fidelity: 'exact',
    source: null,
    target: `CREATE INDEX ${quoteIdentifier(names.claim(wished))} ON ${table.target} USING gin (${WRITTEN[wish.form](quoteIdentifier(column))} gin_trgm_ops)`,
    stage: 'index',
    notes: [SAYS[wish.form]],
  };
}
