/** DEFAULT clauses. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { findColumn } from '@causeway/dialect/column-scope';
import { translateDefault } from '@causeway/dialect/translate-default';
import type { PlanObject } from '../plan-document.ts';
import type { TableScope } from './table-scope.ts';

export function defaultObjects(table: TableScope): PlanObject[] {
  return table.source.columns.flatMap((column) => {
    const target = findColumn(table.scope, column.name);
    if (target === undefined || column.generated !== 'no') return [];
    if (column.defaultSql === null || column.name === table.source.rowidColumn) return [];
    const translated = translateDefault(column.defaultSql, target);
    return [
      {
        kind: 'default',
        name: column.name,
        table: table.source.name,
        fidelity: translated.fidelity,
        source: column.defaultSql,
        target: translated.sql === null ? null : `ALTER TABLE ${table.target} ALTER COLUMN ${quoteIdentifier(target.target)} SET DEFAULT ${translated.sql}`,
        stage: 'create',
        notes: [...translated.notes],
      },
    ];
  });
}
