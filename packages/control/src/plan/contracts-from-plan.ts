/** Turns a plan and the source's present schema into table contracts; a plan that does not fit is refused. */
import { Failure } from '@causeway/contracts/failures';
import type { ReadOrder, TableContract } from '@causeway/contracts/table-contract';
import type { PlanDocument, PlanTable } from './plan-document.ts';
import { planProblem } from './plan-lines.ts';
import { resolvePolicy } from './resolve-policy.ts';
import type { SourceSchema, SourceTable } from './source-schema.ts';
import { partitionOf } from './speed/table-partition.ts';

export function contractsFromPlan(plan: PlanDocument, schema: SourceSchema): TableContract[] {
  const planned = new Map(plan.tables.map((t) => [t.name, t]));
  const missing = schema.tables.filter((t) => !planned.has(t.name));
  if (missing.length > 0) throw new Failure('PLAN_INVALID', `the plan does not mention table ${JSON.stringify(missing[0]?.name)}; say \`action: skip\` for a table that stays behind`);
  const present = new Map(schema.tables.map((t) => [t.name, t]));
  const moved = plan.tables.filter((t) => t.action === 'move');
  const targets = new Set<string>();
  return moved.map((table, i) => {
    const source = present.get(table.name);
    if (source === undefined) throw planProblem(plan, ['tables', plan.tables.indexOf(table), 'name'], `the source has no table ${JSON.stringify(table.name)}`);
    if (targets.has(table.target)) throw new Failure('NAME_COLLISION', `two tables become ${JSON.stringify(table.target)}`);
    targets.add(table.target);
    return contractOf(plan, table, source, i);
  });
}

/** Of one table that the plan moves. */
export function contractOf(plan: PlanDocument, table: PlanTable, source: SourceTable, number: number): TableContract {
  const declared = source.columns.filter((c) => c.keyPosition > 0).toSorted((a, b) => a.keyPosition - b.keyPosition).map((c) => c.name);
  const key = namesRows(table, source) ? declared : [];
  return {
    table: number,
    source: table.name,
    targetSchema: plan.targetSchema,
    target: table.target,
    columns: columnsOf(plan, table, source, declared),
    order: readOrder(source, declared),
    key,
    keyless: key.length === 0,
    speculative: table.sampled,
    ...partitionOf(plan, table),
  };
}

/**
 * Several rows may have NULL in a key that is no integer key: such a key does not name them, their rowid does. Nor does a key
 * in which 12 and '12' are two, and one in PostgreSQL: each change of the one took the other along.
 */
export function namesRows(table: PlanTable, source: SourceTable): boolean {
  return source.columns.every((column) => {
    if (column.keyPosition === 0) return true;
    const planned = table.columns.find((c) => c.name === column.name);
    return planned?.notNull === true && (source.rowidAlias === null || !printsAlike(planned, column));
  });
}

/** Values of two classes are there, and stay two only in SQLite: without an affinity numbers beside text, and text beside blobs. */
export function printsAlike({ form, type, found = {} }: PlanTable['columns'][number], { affinity }: SourceTable['columns'][number]): boolean {
  if (form !== 'any' || found.text === undefined) return false;
  return type === 'bytea' ? found.blob !== undefined : affinity === 'blob' && (found.integer !== undefined || found.real !== undefined);
}

function columnsOf(plan: PlanDocument, table: PlanTable, source: SourceTable, key: readonly string[]): TableContract['columns'] {
  const planned = table.columns.map((c) => c.name);
  // A computed column may be left out: PostgreSQL then computes it.
  const names = source.columns.filter((c) => c.generated === 'no' || planned.includes(c.name)).map((c) => c.name);
  if (names.join('\0') !== planned.join('\0')) {
    throw planProblem(plan, ['tables', plan.tables.indexOf(table), 'columns'], `the columns of table ${JSON.stringify(table.name)} are no longer those of the plan; write a new one`);
  }
  const targets = new Set(table.columns.map((c) => c.target));
  if (targets.size !== table.columns.length) throw new Failure('NAME_COLLISION', `two columns of ${JSON.stringify(table.name)} get one name`);
  return table.columns.map((c, i) => {
    const resolved = resolvePolicy(c, { policy: c.policy ?? table.policy, byTable: c.policy === undefined, inKey: key.includes(c.name) });
    if ('problem' in resolved) throw planProblem(plan, ['tables', plan.tables.indexOf(table), 'columns', i, 'policy'], `column ${JSON.stringify(c.name)} of table ${JSON.stringify(table.name)}: ${resolved.problem}`);
    return { source: c.name, target: c.target, notNull: c.notNull, ...resolved };
  });
}

function readOrder(source: SourceTable, key: readonly string[]): ReadOrder {
  return source.withoutRowid ? { kind: 'primary', columns: key } : { kind: 'rowid', alias: source.rowidAlias };
}
