/** DEFAULT clauses, and generated columns, whose values are stored as they are. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { findColumn } from '@causeway/dialect/column-scope';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import { translateDefault } from '@causeway/dialect/translate-default';
import type { PlanObject } from '../plan-document.ts';
import type { TableScope } from './table-scope.ts';

export function defaultObjects(table: TableScope): PlanObject[] {
  return table.source.columns.flatMap((column) => {
    const target = findColumn(table.scope, column.name);
    if (target === undefined) return [];
    if (column.generated !== 'no') return [generatedColumn(table, column.name)];
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

function generatedColumn(table: TableScope, name: string): PlanObject {
  return {
    kind: 'generated_column',
    name,
    table: table.source.name,
    fidelity: 'approximated',
    source: table.parsed?.columns.get(foldAscii(name))?.generated?.expression.source ?? table.source.sql,
    target: null,
    stage: 'none',
    notes: ['its values are stored in an ordinary column; new rows must bring theirs'],
  };
}
