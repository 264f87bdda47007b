/**
 * The next version of the contracts, and what the target has to do for it, from what the application has changed.
 * Surviving columns keep their types and names; new ones are decided as in a plan, on a sample.
 */
import { Failure } from '@causeway/contracts/failures';
import type { AddedColumn, SchemaStep, StepObject } from '@causeway/contracts/live/schema-step';
import { postgresTypeName } from '@causeway/contracts/logical-type';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import { translateDefault } from '@causeway/dialect/translate-default';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { alignForeignKeyTypes } from '../plan/align-foreign-keys.ts';
import { contractOf } from '../plan/contracts-from-plan.ts';
import type { ExistingTable } from '../plan/existing/existing-tables.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { PlanDocument, PlanTable } from '../plan/plan-document.ts';
import { planObjects } from '../plan/plan-objects.ts';
import type { SourceSchema, SourceTable } from '../plan/source-schema.ts';
import { findDrift, type TableDrift } from './find-drift.ts';
import type { SourceShape } from './source-shape.ts';

export interface EvolutionInput {
  /** In a read transaction of the caller's. */
  readonly db: SourceDatabase;
  readonly schema: SourceSchema;
  readonly contracts: readonly TableContract[];
  readonly plan: PlanDocument;
  readonly shape: SourceShape | null;
  /** First number that no table of this generation ever had. */
  readonly nextTable: number;
  /** The application's own tables decide, where they do. */
  readonly existing: readonly ExistingTable[] | null;
}

export interface Evolution {
  readonly contracts: readonly TableContract[];
  readonly steps: readonly SchemaStep[];
}

type Changed = Extract<TableDrift, { kind: 'changed' }>;

const hasChange = ({ added, removed, renamed, retyped, renamedRows }: Changed): boolean => renamedRows || added.length + removed.length + renamed.size + retyped.length > 0;

/** Throws SCHEMA_CHANGED naming what cannot be followed. */
export function planEvolution(input: EvolutionInput): Evolution {
  const skipped = new Set(input.plan.tables.filter((table) => table.action === 'skip').map((table) => table.name));
  const moved: SourceSchema = { ...input.schema, tables: input.schema.tables.filter((table) => !skipped.has(table.name)) };
  const drift = findDrift({ contracts: input.contracts, schema: moved, skipped, shape: input.shape });
  const planner = new Planner(input, moved, drift);
  return { contracts: planner.contracts(), steps: planner.steps() };
}

class Planner {
  private readonly input: EvolutionInput;
  private readonly schema: SourceSchema;
  private drift: readonly TableDrift[];
  private readonly made = new Map<string, TableContract>();
  private readonly changed = new Map<number, { contract: TableContract; step: Extract<SchemaStep, { kind: 'change_table' }> }>();
  private readonly plans = new Map<string, PlanTable>();

  constructor(input: EvolutionInput, schema: SourceSchema, drift: readonly TableDrift[]) {
    this.input = input;
    this.schema = schema;
    this.drift = drift;
    this.planTables();
    this.drift = drift.map((entry) => (entry.kind === 'changed' ? this.withoutComputed(entry) : entry)).filter((entry) => entry.kind !== 'changed' || hasChange(entry));
    let number = input.nextTable;
    for (const entry of this.drift) {
      if (entry.kind === 'made') this.made.set(entry.source.name, this.checked(contractOf(input.plan, this.plans.get(entry.source.name) as PlanTable, entry.source, number++)));
      if (entry.kind === 'changed') this.changed.set(entry.contract.table, this.change(entry));
    }
  }

  /** A column that both sides compute is in no contract (plan/existing): that it is missing there is no change. */
  private withoutComputed(entry: Changed): Changed {
    const planned = this.plans.get(entry.source.name)?.columns ?? [];
    return { ...entry, added: entry.added.filter((name) => planned.some((column) => column.name === name)) };
  }

  contracts(): TableContract[] {
    const dropped = new Set(this.drift.flatMap((entry) => (entry.kind === 'dropped' ? [entry.contract.table] : [])));
    const kept = this.input.contracts.filter((contract) => !dropped.has(contract.table)).map((contract) => this.changed.get(contract.table)?.contract ?? contract);
    return [...kept, ...this.made.values()].sort((a, b) => a.table - b.table);
  }

  steps(): SchemaStep[] {
    const dropped = this.drift.flatMap((entry): SchemaStep[] => (entry.kind === 'dropped' ? [{ kind: 'drop_table', table: entry.contract.table, targetSchema: entry.contract.targetSchema, target: entry.contract.target, source: entry.contract.source }] : []));
    const objects = this.objects();
    const made = [...this.made.values()].map((contract): SchemaStep => ({ kind: 'make_table', table: contract.table, objects: objects(contract.source).map(unproved) }));
    const changed = [...this.changed.values()].map(({ contract, step }): SchemaStep => {
      const names = new Set(step.added.map((column) => contract.columns.find((c) => c.target === column.target)?.source));
      const mine = objects(contract.source);
      // A trigger names its columns: each is made anew, and the target knows which of the old ones there were.
      const computed = mine.filter((object) => object.kind === 'generated_column').map((object) => (names.has(object.name) ? unproved(object) : object));
      return { ...step, objects: [...mine.filter((object) => object.kind === 'default' && names.has(object.name)), ...computed] };
    });
    return [...dropped, ...made, ...changed];
  }

  /** Tables that are new or changed are planned as they stand; all others as their contracts have them. */
  private planTables(): void {
    const { db, plan, existing, contracts } = this.input;
    const touched = this.drift.flatMap((entry) => (entry.kind === 'dropped' ? [] : [entry.source]));
    const options = { names: plan.names, targetSchema: plan.targetSchema, full: false };
    const beside = existing === null ? {} : { existing: { tables: existing, skipMissing: false, skip: [], given: null } };
    const planned = touched.length === 0 ? [] : unlessMissing(() => makePlan(db, { ...this.schema, tables: touched, objects: [] }, { ...options, ...beside }).tables);
    for (const table of planned) this.plans.set(table.name, table);
    const all = this.schema.tables.map((table) => this.plans.get(table.name) ?? planFromContract(contracts.find((c) => c.source === table.name) as TableContract, table));
    // A new child takes the type of the key that it refers to; what stands already keeps its own.
    const aligned = existing === null ? alignForeignKeyTypes(this.schema, all) : all;
    for (const table of aligned) if (this.plans.has(table.name)) this.plans.set(table.name, table);
  }

  private checked(contract: TableContract): TableContract {
    const taken = [...this.input.contracts, ...this.made.values()].some((other) => other.target === contract.target && this.schema.tables.some((table) => table.name === other.source));
    if (taken) throw new Failure('SCHEMA_CHANGED', `table ${JSON.stringify(contract.source)} was made, and its name in PostgreSQL, ${JSON.stringify(contract.target)}, is another table's`);
    return contract;
  }

  private change({ contract, source, added, removed, renamed, retyped }: Changed): { contract: TableContract; step: Extract<SchemaStep, { kind: 'change_table' }> } {
    const plan = this.plans.get(source.name) as PlanTable;
    const fresh = contractOf({ ...this.input.plan, targetSchema: contract.targetSchema }, plan, source, contract.table);
    const before = new Map(contract.columns.map((column) => [renamed.get(column.source) ?? column.source, column]));
    const whole = removed.length === 0 && renamed.size === 0 && retyped.length === 0;
    const fills = new Map(added.map((name) => [name, fillOf(source, name, fresh)]));
    // A value that is computed, or that PostgreSQL would fill in otherwise, comes with the row itself.
    const reload = !whole || [...fills.values()].includes(undefined);
    const columns = fresh.columns.map((column): ColumnContract => {
      const old = before.get(column.source);
      if (old !== undefined) return { ...old, source: column.source, target: this.targetOf(old, column), notNull: old.notNull && column.notNull };
      return { ...column, notNull: column.notNull && !reload && (fills.get(column.source) ?? null) !== null };
    });
    refuseOtherTypes(source, fresh, columns, retyped);
    const next: TableContract = { ...fresh, target: contract.target, columns, speculative: false };
    if (next.keyless !== contract.keyless || next.key.join('\0') !== contract.key.map((name) => renamed.get(name) ?? name).join('\0')) {
      throw new Failure('SCHEMA_CHANGED', `the key of table ${JSON.stringify(source.name)} is another one`);
    }
    const step: Extract<SchemaStep, { kind: 'change_table' }> = {
      kind: 'change_table',
      table: contract.table,
      added: added.map((name): AddedColumn => ({ target: (columns.find((c) => c.source === name) as ColumnContract).target, fill: reload ? null : (fills.get(name) ?? null) })),
      dropped: removed.map((name) => (contract.columns.find((c) => c.source === name) as ColumnContract).target),
      renamed: columns.flatMap((column) => {
        const old = before.get(column.source);
        return old === undefined || old.target === column.target ? [] : [[old.target, column.target] as const];
      }),
      nullable: columns.flatMap((column) => (before.get(column.source)?.notNull === true && !column.notNull ? [column.target] : [])),
      reload,
      objects: [],
    };
    return { contract: next, step };
  }

  /** Beside an existing schema a name in the target is the application's own. */
  private targetOf(old: ColumnContract, now: ColumnContract): string {
    return old.source === now.source ? old.target : now.target;
  }

  /** Objects of one table, by its name in the source. */
  private objects(): (source: string) => StepObject[] {
    if (this.input.existing !== null || this.drift.length === 0) return () => [];
    const contracts = new Map(this.contracts().map((contract) => [contract.source, contract]));
    const plans = this.schema.tables.map((table) => planFromContract(contracts.get(table.name) as TableContract, table));
    const all = planObjects({ ...this.schema, objects: [] }, plans, this.input.plan.targetSchema);
    return (source) => all.filter((object) => object.table === source).map(({ kind, name, fidelity, source: sourceSql, target: targetSql, notes, stage }) => ({ kind, name, fidelity, sourceSql, targetSql: stage === 'none' ? null : targetSql, notes: notes.join('; ') }));
  }
}

/** The rows come after the trigger: only what needs no proof is made. */
function unproved(object: StepObject): StepObject {
  if (object.kind !== 'generated_column' || object.targetSql === null) return object;
  const notes = `${object.notes}; not proved on the rows, as they came after it`;
  return object.fidelity === 'exact' ? { ...object, fidelity: 'approximated', notes } : { ...object, fidelity: 'needs_decision', targetSql: null, notes: `${notes}; nothing computes it in PostgreSQL` };
}

/** Undefined: not a constant that both sides have alike. Null: NULL. */
function fillOf(source: SourceTable, name: string, contract: TableContract): string | null | undefined {
  const column = source.columns.find((c) => c.name === name);
  const made = contract.columns.find((c) => c.source === name);
  if (column === undefined || made === undefined || column.generated !== 'no') return undefined;
  if (column.defaultSql === null) return null;
  if (made.form !== 'plain' && made.type.kind !== 'text') return undefined;
  const kind = made.type.kind === 'text' && made.type.maxLength !== undefined ? 'varchar' : made.type.kind;
  const translated = translateDefault(column.defaultSql, { type: kind, affinity: column.affinity });
  if (translated.fidelity !== 'exact' || translated.sql === null) return undefined;
  return translated.sql === 'NULL' ? null : translated.sql;
}

/** A surviving column whose declared type is another one is followed only as long as the type that was chosen holds. */
function refuseOtherTypes(source: SourceTable, fresh: TableContract, columns: readonly ColumnContract[], retyped: readonly string[]): void {
  for (const name of retyped) {
    const [now, was] = [fresh, { columns }].map((of) => of.columns.find((c) => c.source === name) as ColumnContract) as [ColumnContract, ColumnContract];
    if (now.type.kind !== was.type.kind || now.form !== was.form) throw new Failure('SCHEMA_CHANGED', `column ${JSON.stringify(name)} of table ${JSON.stringify(source.name)} would now be ${postgresTypeName(now.type)}, and is ${postgresTypeName(was.type)} in PostgreSQL`);
  }
}

/** The plan that a contract came from, as far as objects need it. */
function planFromContract(contract: TableContract, source: SourceTable): PlanTable {
  const columns = source.columns.map((column) => {
    const made = contract.columns.find((c) => c.source === column.name);
    // A computed column that PostgreSQL computes by itself.
    if (made === undefined) return { name: column.name, target: column.name, declared: column.declared, type: 'text', form: 'plain' as const, notNull: false, evidence: '' };
    return { name: column.name, target: made.target, declared: column.declared, type: postgresTypeName(made.type), form: made.form, notNull: made.notNull, evidence: '' };
  });
  return { name: contract.source, target: contract.target, action: 'move', replace: false, sampled: false, columns };
}

/** What the application's own schema lacks is for its owner to add. */
function unlessMissing<T>(plan: () => T): T {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'SCHEMA_CHANGED') throw error;
    throw new Failure('SCHEMA_CHANGED', `the application has changed its schema: ${error.message}`, { cause: error });
  }
}

