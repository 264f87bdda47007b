/**
 * Full text: a GIN index over an expression, so that the table keeps its columns and the application's rows stay as they
 * are. The expression is the one that Django's SearchVector(…, config=…) writes.
 */
import { quoteIdentifier, quoteLiteral } from '@causeway/contracts/identifier';
import { findColumn } from '@causeway/dialect/column-scope';
import { searchVector } from '@causeway/dialect/fulltext/search-vector';
import type { RelationNames } from '../objects/relation-names.ts';
import type { TableScope } from '../objects/table-scope.ts';
import type { PlanObject } from '../plan-document.ts';
import type { FulltextWish } from './speed-wishes.ts';

export interface FulltextRequest extends FulltextWish {
  readonly notes: readonly string[];
  /** The text of a virtual table that this takes the place of. */
  readonly source: string | null;
}

/** The table has the columns. */
export function fulltextObject(table: TableScope, request: FulltextRequest, names: RelationNames): PlanObject {
  const vector = searchVector(request.columns.map((name) => quoteIdentifier(findColumn(table.scope, name)?.target as string)), request.config);
  const question = `websearch_to_tsquery(${quoteLiteral(request.config)}, 'words')`;
  const wished = `${table.plan.target}_fulltext`;
  return {
    kind: 'fulltext',
    name: wished,
    table: table.source.name,
    fidelity: request.source === null ? 'exact' : 'approximated',
    source: request.source,
    target: `CREATE INDEX ${quoteIdentifier(names.claim(wished))} ON ${table.target} USING gin (${vector})`,
    stage: 'index',
    notes: [...request.notes, `ask with WHERE ${vector} @@ ${question}`, `rank with ORDER BY ts_rank(${vector}, ${question}) DESC`],
  };
}
