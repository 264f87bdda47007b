/** What becomes of indexes, constraints, defaults, views and triggers. */
import type { PlanObject, PlanTable } from './plan-document.ts';
import type { SourceSchema } from './source-schema.ts';

export function planObjects(schema: SourceSchema, _tables: readonly PlanTable[], _targetSchema: string): PlanObject[] {
  return schema.objects.map((object) => ({
    kind: object.kind,
    name: object.name,
    table: object.table,
    fidelity: 'not_moved',
    source: object.sql,
    target: null,
    stage: 'none',
    notes: object.note === '' ? [] : [object.note],
  }));
}
