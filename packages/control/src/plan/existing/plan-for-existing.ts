/**
 * The plan for tables that are already there: the target decides types and names, the source's rows decide whether
 * they fit. Everything that does not fit is told at once, before anything moves.
 */
import { Failure } from '@causeway/contracts/failures';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { PlanDocument, PlanObject, PlanTable } from '../plan-document.ts';
import type { SourceSchema, SourceTable } from '../source-schema.ts';
import type { SpeedWishes } from '../speed/speed-wishes.ts';
import type { NameStyle } from '../target-names.ts';
import { type ExistingTable, findByName } from './existing-tables.ts';
import { planExistingTable } from './plan-existing-table.ts';

export interface ExistingTarget {
  readonly tables: readonly ExistingTable[];
  /** Source tables without a counterpart stay behind instead of stopping the migration. */
  readonly skipMissing: boolean;
  /** Source tables that stay behind, by name. */
  readonly skip: readonly string[];
  /** A reviewed plan: its names, actions and forms hold; its types give way to the target's. */
  readonly given: PlanDocument | null;
}

export interface ExistingRequest {
  readonly db: SourceDatabase;
  readonly schema: SourceSchema;
  /** Target names by the style of the plan, in the order of the source's tables. */
  readonly names: readonly string[];
  readonly style: NameStyle;
  readonly targetSchema: string;
  readonly existing: ExistingTarget;
  /** How a table without counterpart would be planned; it stands in the plan as skipped. */
  planNew(table: SourceTable, name: string): PlanTable;
}

/** Throws TARGET_INCOMPATIBLE with one line for each problem. */
export function planForExisting(request: ExistingRequest): PlanDocument {
  const problems: string[] = [];
  const unknown = request.existing.skip.filter((name) => !request.schema.tables.some((t) => t.name === name));
  if (unknown.length > 0) throw new Failure('USAGE', `--skip: the source has no table ${unknown.map((name) => JSON.stringify(name)).join(', ')}`);
  const tables = request.schema.tables.map((table, i) => planTable(request, table, request.names[i] as string, problems));
  if (problems.length > 0) throw new Failure('TARGET_INCOMPATIBLE', ['the existing tables cannot take the data (a table stays behind with `action: skip` in the plan or --skip):', ...problems].join('\n  '));
  const { search, fulltext, partition } = request.existing.given ?? {};
  if (partition !== undefined && partition.length > 0) throw new Failure('PLAN_INVALID', "partition: the existing tables are the application's own; they are loaded as they are");
  const wishes = { ...(search === undefined ? {} : { search }), ...(fulltext === undefined ? {} : { fulltext }) };
  return { causeway: 1, names: request.style, targetSchema: request.targetSchema, tables, ...wishes, objects: [...objectsLeftBehind(request.schema, tables), ...wishesLeftOut(wishes)] };
}

function planTable(request: ExistingRequest, table: SourceTable, name: string, problems: string[]): PlanTable {
  const { existing, targetSchema } = request;
  const given = existing.given?.tables.find((t) => t.name === table.name);
  if (existing.given !== null && given === undefined) throw new Failure('PLAN_INVALID', `the plan does not mention table ${JSON.stringify(table.name)}; say \`action: skip\` for a table that stays behind`);
  if (given?.action === 'skip') return given;
  if (existing.skip.includes(table.name)) return { ...(given ?? request.planNew(table, name)), action: 'skip' };
  const wanted = given?.target ?? name;
  const found = findByName(existing.tables, wanted);
  if (found === undefined) {
    if (!existing.skipMissing) problems.push(`table ${JSON.stringify(wanted)}: missing in schema ${JSON.stringify(targetSchema)}; --skip-missing leaves all such tables behind`);
    return { ...(given ?? request.planNew(table, name)), action: 'skip' };
  }
  if (found.unusable !== null) problems.push(`table ${JSON.stringify(found.name)}: is ${found.unusable}, rows are loaded into ordinary tables only`);
  const planned = planExistingTable({ db: request.db, table, found, given, style: request.style });
  problems.push(...planned.problems.map((problem) => `table ${JSON.stringify(found.name)}: ${problem}`));
  return planned.plan;
}

/** The application's schema has its own indexes, views and triggers; the source's are told, never translated. */
export function objectsLeftBehind(schema: SourceSchema, tables: readonly PlanTable[]): PlanObject[] {
  const told = (kind: string, name: string, table: string, source: string | null, note: string): PlanObject => ({ kind, name, table, fidelity: 'not_moved', source, target: null, stage: 'none', notes: note === '' ? [] : [note] });
  const skipped = tables
    .filter((t) => t.action === 'skip')
    .map((t) => {
      const source = schema.tables.find((s) => s.name === t.name);
      return told(source?.fts == null ? 'table' : 'virtual_table', t.name, t.name, source?.sql ?? null, 'not moved: it has no counterpart among the existing tables, or the plan skips it');
    });
  const others = schema.objects.map((o) => told(o.kind, o.name, o.table, o.sql, o.note === '' ? "the existing schema is the application's own" : o.note));
  return [...skipped, ...others];
}

/** The application's migrations own its indexes: what the plan asks for is told, never made behind their back. */
function wishesLeftOut({ search = [], fulltext = [] }: SpeedWishes): PlanObject[] {
  const told = (kind: string, table: string, columns: readonly string[]): PlanObject => ({
    kind,
    name: `${table} (${columns.join(', ')})`,
    table,
    fidelity: 'needs_decision',
    source: null,
    target: null,
    stage: 'none',
    notes: ["not made: the existing schema is the application's own; make this index by its migrations"],
  });
  return [...search.map((w) => told('index', w.table, [w.column])), ...fulltext.map((w) => told('fulltext', w.table, w.columns))];
}
