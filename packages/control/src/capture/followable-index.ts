/** Whether the rows that a REPLACE removes by an index can be found by a trigger, told before anything is installed. */
import { Failure } from '@causeway/contracts/failures';
import type { SourceTable } from '../plan/source-schema.ts';
import { computedColumns } from './captured-table.ts';
import { collisionClause } from './collision-query.ts';

/** Null where they can, for every unique index of the table; else why not, naming the index. */
export function indexProblem(table: SourceTable): string | null {
  const seen = { name: table.name, columns: table.columns, computed: computedColumns(table), rowidColumn: table.rowidColumn };
  try {
    for (const index of table.indexes) if (index.unique) collisionClause(seen, index);
    return null;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
