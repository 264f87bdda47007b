/**
 * Indexes for foreign keys on the referencing side: without one every delete or key change of the parent reads the whole
 * child, and so does every join from the parent. Only where no index of the source begins with these columns.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { findColumn } from '@causeway/dialect/column-scope';
import type { RelationNames } from '../objects/relation-names.ts';
import type { TableScope } from '../objects/table-scope.ts';
import type { PlanObject } from '../plan-document.ts';

export function foreignKeyIndexes(table: TableScope, names: RelationNames): PlanObject[] {
  const covered = prefixes(table);
  const made: PlanObject[] = [];
  for (const key of table.source.foreignKeys) {
    const columns = key.columns.map((name) => findColumn(table.scope, name)?.target);
    if (columns.includes(undefined)) continue;
    const wanted = columns as string[];
    if (covered.some((prefix) => coversAll(prefix, wanted))) continue;
    covered.push(wanted);
    made.push({
      kind: 'index',
      name: `${table.plan.target}_${key.columns.join('_')}_fk`,
      table: table.source.name,
      fidelity: 'exact',
      source: null,
      target: `CREATE INDEX ${quoteIdentifier(names.claim(`${table.plan.target}_${wanted.join('_')}_fk`))} ON ${table.target} (${wanted.map(quoteIdentifier).join(', ')})`,
      stage: 'index',
      notes: [`for the foreign key to ${key.parent}, which has no index in the source`],
    });
  }
  return made;
}

/** Target columns of the primary key and of each index that will be made over all rows, in their order. */
function prefixes(table: TableScope): string[][] {
  const target = (name: string | null): string | undefined => (name === null ? undefined : findColumn(table.scope, name)?.target);
  const key = table.source.columns.filter((c) => c.keyPosition > 0).toSorted((a, b) => a.keyPosition - b.keyPosition).map((c) => c.name);
  const indexes = table.source.indexes
    .filter((index) => !index.partial)
    .map((index) => {
      const plain: string[] = [];
      for (const part of index.parts) {
        const column = target(part.name);
        if (column === undefined || part.collation.toUpperCase() !== 'BINARY') break;
        plain.push(column);
      }
      return plain;
    });
  return [key.flatMap((name) => target(name) ?? []), ...indexes];
}

/** The check compares every column for equality, so their order inside the prefix does not matter. */
const coversAll = (prefix: readonly string[], wanted: readonly string[]): boolean => wanted.every((column) => prefix.slice(0, wanted.length).includes(column));
