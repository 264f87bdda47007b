/**
 * A policy that changes a column's type changes what can be said of the column: its CHECK, DEFAULT, indexes, keys and the views
 * that read it are translated anew for the type that it gets. What has no translation then is told (`needs_decision`), and
 * not met when it is made. A statement that the plan's owner has written stays as it is. Pure.
 */
import { postgresTypeName } from '@causeway/contracts/logical-type';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import type { PlanDocument, PlanObject, PlanTable } from './plan-document.ts';
import { planObjects } from './plan-objects.ts';
import { resolvePolicy } from './resolve-policy.ts';
import type { SourceSchema, SourceTable } from './source-schema.ts';

export function withPolicyObjects(plan: PlanDocument, schema: SourceSchema): PlanDocument {
  const sources = schema.tables.filter((source) => isPlanned(plan, source));
  const written = sources.map((source) => plan.tables.find((t) => t.name === source.name) as PlanTable);
  const resolved = written.map((table, i) => withResolvedTypes(table, sources[i] as SourceTable));
  const changed = resolved.flatMap((table, i) => table.columns.filter((c, k) => c.type !== written[i]?.columns[k]?.type).map((c) => `${table.name}.${c.name} becomes ${c.type}`));
  if (changed.length === 0) return plan;
  const made = { ...schema, tables: sources };
  const before = byIdentity(planObjects(made, written, plan.targetSchema, plan));
  const after = byIdentity(planObjects(made, resolved, plan.targetSchema, plan));
  const names = identities(plan.objects);
  return { ...plan, objects: plan.objects.map((object, i) => renewed(object, before.get(names[i] as string), after.get(names[i] as string), changed)) };
}

function isPlanned(plan: PlanDocument, source: SourceTable): boolean {
  const table = plan.tables.find((t) => t.name === source.name);
  return table?.action === 'move' && table.columns.length === source.columns.length && table.columns.every((c, i) => c.name === source.columns[i]?.name);
}

/** Where a policy cannot be followed, the contracts of the plan say so. */
function withResolvedTypes(table: PlanTable, source: SourceTable): PlanTable {
  const key = new Set(source.columns.filter((c) => c.keyPosition > 0).map((c) => foldAscii(c.name)));
  const columns = table.columns.map((column) => {
    const policy = resolvePolicy(column, { policy: column.policy ?? table.policy, byTable: column.policy === undefined, inKey: key.has(foldAscii(column.name)) });
    return 'problem' in policy ? column : { ...column, type: postgresTypeName(policy.type), form: policy.form };
  });
  return { ...table, columns };
}

/** What an object is, whatever became of it; the same said twice is told apart by its place. */
function identities(objects: readonly PlanObject[]): string[] {
  const times = new Map<string, number>();
  return objects.map(({ kind, table, name, source }) => {
    const what = JSON.stringify([kind, table, name, source]);
    times.set(what, (times.get(what) ?? 0) + 1);
    return `${what}${times.get(what)}`;
  });
}

function byIdentity(objects: readonly PlanObject[]): Map<string, PlanObject> {
  const names = identities(objects);
  return new Map(objects.map((object, i) => [names[i] as string, object]));
}

function renewed(object: PlanObject, before: PlanObject | undefined, after: PlanObject | undefined, changed: readonly string[]): PlanObject {
  if (before === undefined || before.target === null || object.target !== before.target || after?.target === before.target) return object;
  const why = `a policy of the plan: ${changed.join(', ')}`;
  // Only what was made for the former type alone is no longer there, such as the index of a column that was jsonb.
  if (after === undefined) return { ...object, target: null, stage: 'none', fidelity: 'not_moved', notes: [...object.notes, why] };
  return { ...after, ...(object.policy === undefined ? {} : { policy: object.policy }), notes: [...after.notes, why] };
}
