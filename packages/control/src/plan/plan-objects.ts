/** What becomes of indexes, constraints, defaults, generated columns, views and triggers: made, approximated or told. */
import { checkObjects } from './objects/check-objects.ts';
import { defaultObjects } from './objects/default-objects.ts';
import { foreignKeyObjects } from './objects/foreign-key-objects.ts';
import { indexObjects } from './objects/index-objects.ts';
import { RelationNames } from './objects/relation-names.ts';
import { tableScope } from './objects/table-scope.ts';
import { viewObjects } from './objects/view-objects.ts';
import type { PlanObject, PlanTable } from './plan-document.ts';
import type { SourceSchema } from './source-schema.ts';

const STAGES: readonly PlanObject['stage'][] = ['create', 'unique', 'index', 'check', 'foreign_key', 'view', 'none'];

/** In the order in which the loader makes them. */
export function planObjects(schema: SourceSchema, tables: readonly PlanTable[], targetSchema: string): PlanObject[] {
  const scopes = schema.tables.map((source, i) => tableScope(source, tables[i] as PlanTable, targetSchema));
  const names = new RelationNames(tables);
  const views = viewObjects(schema.objects.filter((o) => o.kind === 'view'), scopes, targetSchema, names);
  const objects = scopes.flatMap((scope) => [...defaultObjects(scope), ...indexObjects(scope, names), ...checkObjects(scope, names), ...foreignKeyObjects(scope, scopes, names)]);
  return [...objects, ...views, ...untranslated(schema)].sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage));
}

function untranslated(schema: SourceSchema): PlanObject[] {
  return schema.objects
    .filter((object) => object.kind !== 'view')
    .map((object) => ({
      kind: object.kind,
      name: object.name,
      table: object.table,
      fidelity: object.kind === 'trigger' ? 'needs_decision' : 'not_moved',
      source: object.sql,
      target: null,
      stage: 'none',
      notes: object.note === '' ? [] : [object.note],
    }));
}
