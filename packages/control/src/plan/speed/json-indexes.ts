/** GIN for jsonb: what SQLite finds by reading every document. jsonb_path_ops answers @> and jsonpath, at half the size. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { RelationNames } from '../objects/relation-names.ts';
import type { TableScope } from '../objects/table-scope.ts';
import type { PlanObject } from '../plan-document.ts';

/** Fewer documents are read as fast as an index is, and an index costs every write. */
const LEAST_DOCUMENTS = 1_000;

export function jsonIndexes(table: TableScope, names: RelationNames): PlanObject[] {
  return table.plan.columns.flatMap((column): PlanObject[] => {
    const documents = column.found?.text ?? 0;
    if (column.type !== 'jsonb' || documents < LEAST_DOCUMENTS) return [];
    const wished = `${table.plan.target}_${column.target}_gin`;
    return [
      {
        kind: 'index',
        name: wished,
        table: table.source.name,
        fidelity: 'exact',
        source: null,
        target: `CREATE INDEX ${quoteIdentifier(names.claim(wished))} ON ${table.target} USING gin (${quoteIdentifier(column.target)} jsonb_path_ops)`,
        stage: 'index',
        notes: [`${documents} documents: for questions with @> and jsonpath; with ? (a key's presence) use jsonb_ops instead`],
      },
    ];
  });
}
