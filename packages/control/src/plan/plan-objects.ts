/** What becomes of indexes, constraints, defaults, generated columns, views and triggers: made, approximated or told. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { checkObjects } from './objects/check-objects.ts';
import { defaultObjects } from './objects/default-objects.ts';
import { foreignKeyObjects } from './objects/foreign-key-objects.ts';
import { generatedObjects } from './objects/generated-objects.ts';
import { indexObjects } from './objects/index-objects.ts';
import { RelationNames } from './objects/relation-names.ts';
import { tableScope } from './objects/table-scope.ts';
import { triggerObjects } from './objects/trigger-objects.ts';
import { viewObjects } from './objects/view-objects.ts';
import type { PlanDocument, PlanObject, PlanTable } from './plan-document.ts';
import type { SourceSchema } from './source-schema.ts';
import { speedObjects, wishedObjects, withExtensions } from './speed/speed-objects.ts';
import type { SpeedWishes } from './speed/speed-wishes.ts';

const STAGES: readonly PlanObject['stage'][] = ['create', 'unique', 'index', 'check', 'foreign_key', 'view', 'none'];

/** In the order in which the loader makes them. */
export function planObjects(schema: SourceSchema, tables: readonly PlanTable[], targetSchema: string, wishes: SpeedWishes = {}): PlanObject[] {
  const scopes = schema.tables.map((source, i) => tableScope(source, tables[i] as PlanTable, targetSchema));
  const names = new RelationNames(tables);
  const views = viewObjects(schema.objects.filter((o) => o.kind === 'view'), scopes, targetSchema, names);
  const objects = scopes.flatMap((scope) => [...defaultObjects(scope), ...generatedObjects(scope), ...indexObjects(scope, names), ...checkObjects(scope, names), ...foreignKeyObjects(scope, scopes, names)]);
  const speed = speedObjects({ scopes, virtual: schema.objects, names, wishes });
  return inOrder([...objects, ...views, ...speed, ...untranslated(schema), ...triggerObjects(schema, speed)]);
}

const inOrder = (objects: readonly PlanObject[]): PlanObject[] => objects.toSorted((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage));

/** A reviewed plan that asks for more than its objects make: what is missing is added. */
export function withWishedObjects(plan: PlanDocument, schema: SourceSchema): PlanDocument {
  if (plan.search === undefined && plan.fulltext === undefined) return plan;
  const scopes = schema.tables.flatMap((source) => {
    const planned = plan.tables.find((t) => t.name === source.name && t.action === 'move');
    return planned === undefined ? [] : [tableScope(source, planned, plan.targetSchema)];
  });
  const there = new Set(plan.objects.map((o) => asWritten(o)));
  const missing = wishedObjects({ scopes, virtual: [], names: new RelationNames(plan.tables), wishes: plan }).filter((o) => !there.has(asWritten(o)));
  if (missing.length === 0) return plan;
  const names = new RelationNames(plan.tables);
  names.reserve(plan.objects.flatMap((o) => o.target ?? []));
  const named = missing.map((o) => ({ ...o, target: renamed(o.target ?? '', names) }));
  const extensions = withExtensions(named).filter((o) => o.kind !== 'extension' || !plan.objects.some((p) => p.kind === 'extension' && p.name === o.name));
  return { ...plan, objects: inOrder([...plan.objects, ...extensions]) };
}

const INDEX_NAME = /^CREATE INDEX "((?:[^"]|"")+)"/;

/** An index by what it is over, whatever its name. */
const asWritten = (object: PlanObject): string => (object.target ?? '').replace(INDEX_NAME, 'CREATE INDEX');

function renamed(sql: string, names: RelationNames): string {
  return sql.replace(INDEX_NAME, (_, name: string) => `CREATE INDEX ${quoteIdentifier(names.claim(name.replaceAll('""', '"')))}`);
}

function untranslated(schema: SourceSchema): PlanObject[] {
  return schema.objects
    .filter((object) => object.kind !== 'view' && object.kind !== 'trigger')
    .map((object) => ({
      kind: object.kind,
      name: object.name,
      table: object.table,
      fidelity: object.leftBehind === true ? 'needs_decision' : 'not_moved',
      source: object.sql,
      target: null,
      stage: 'none',
      notes: object.note === '' ? [] : [object.note],
    }));
}
