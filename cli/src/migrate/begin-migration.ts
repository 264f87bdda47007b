/** Finds or makes the control record of a migration: resumes, begins a new generation, or starts from nothing. */
import { objectByPolicy } from '@causeway/control/plan/objects/object-by-policy';
import type { PlanDocument } from '@causeway/control/plan/plan-document';
import type { SourceRecord } from '@causeway/control/record/migration-record';
import { insertMigration, type MigrationRecord, type MigrationSettings } from '@causeway/control/record/migration-record';
import { recordObject } from '@causeway/control/record/object-record';
import { insertContracts } from '@causeway/control/record/table-record';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import type { PreparedSource } from '@causeway/runtime/sqlite/prepare-source';
import type pg from 'pg';
import { markReplaced } from './existing-rows.ts';
import type { PlannedSource } from './migration-plan.ts';
import { clearTheWay, dropOwnTables } from './target-tables.ts';

export interface NewGeneration {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
  readonly prepared: PreparedSource;
  readonly planned: PlannedSource;
  readonly settings: MigrationSettings;
  readonly replace: readonly string[];
}

/** Writes the record of a generation, in one transaction: contracts, objects and phase `planned`. */
export async function beginGeneration(pool: pg.Pool, begin: NewGeneration): Promise<MigrationRecord> {
  return inTransaction(pool, async (client) => {
    // Looks at the record of the generation before, so it comes first.
    const plan = await planToRecord(client, begin);
    const record = recordOf(begin, plan);
    await replaceRecord(client, begin, record);
    return record;
  });
}

/** The plan as it is recorded: the loader empties only what stands marked there. */
function planToRecord(client: pg.ClientBase, begin: NewGeneration): Promise<PlanDocument> {
  const { plan, contracts } = begin.planned;
  return begin.settings.schema === 'existing' ? markReplaced(client, { migration: begin.id, plan, contracts, replace: begin.replace }) : Promise.resolve(plan);
}

function recordOf(begin: NewGeneration, plan: PlanDocument): MigrationRecord {
  return {
    id: begin.id,
    name: begin.name,
    generation: begin.generation,
    phase: 'planned',
    source: sourceRecord(begin.prepared, begin.planned),
    settings: begin.settings,
    plan,
  };
}

async function replaceRecord(client: pg.ClientBase, begin: NewGeneration, record: MigrationRecord): Promise<void> {
  await dropOwnTables(client, begin.id);
  await client.query('DELETE FROM causeway.migration WHERE id = $1', [begin.id]);
  if (begin.settings.schema === 'create') await clearTheWay(client, begin.planned.contracts, begin.replace);
  await insertMigration(client, record);
  const g = { migration: begin.id, generation: begin.generation };
  await insertContracts(client, g, begin.planned.contracts);
  const tableNumber = new Map(begin.planned.contracts.map((c) => [c.source, c.table]));
  for (const object of begin.planned.plan.objects.map(objectByPolicy)) {
    await recordObject(client, g, {
      kind: object.kind,
      table: tableNumber.get(object.table) ?? null,
      name: object.name,
      fidelity: object.fidelity,
      sourceSql: object.source,
      targetSql: object.target,
      notes: object.notes.join('; '),
      proof: object.proof ?? null,
      state: object.stage === 'none' || object.target === null ? 'listed' : 'planned',
    });
  }
}

function sourceRecord(prepared: PreparedSource, planned: PlannedSource): SourceRecord {
  const { schema } = planned;
  return {
    path: prepared.path,
    readPath: prepared.readPath,
    copied: prepared.copied,
    stamp: prepared.stamp,
    bytes: prepared.bytes,
    encoding: schema.encoding,
    journalMode: schema.journalMode,
    pageBytes: schema.pageBytes,
    sequences: Object.fromEntries(schema.tables.filter((t) => t.sequence !== null).map((t) => [t.name, String(t.sequence)])),
  };
}
