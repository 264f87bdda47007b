/**
 * The application has changed its schema: the change is planned from the schema as it stands, the capture is brought to
 * it, and the next version of the contracts is recorded; only then are rows read again, by the new contracts. Cut off
 * anywhere, the next start finds the same change again and does the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import type { SchemaStep } from '@causeway/contracts/live/schema-step';
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { capturedTables } from '@causeway/control/capture/captured-table';
import { readCount, readFact, schemaIsKnown, schemaVersion } from '@causeway/control/capture/source-facts';
import { evolveSource, type SourceEvolution, uncaptured } from '@causeway/control/evolve/evolve-source';
import { planEvolution } from '@causeway/control/evolve/plan-evolution';
import { parseShape, shapeOf } from '@causeway/control/evolve/source-shape';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import type { ExistingTable } from '@causeway/control/plan/existing/existing-tables';
import { readExistingTables } from '@causeway/control/plan/existing/read-existing-tables';
import type { PlanDocument } from '@causeway/control/plan/plan-document';
import type { SourceSchema } from '@causeway/control/plan/source-schema';
import { type MigrationRecord, readMigration } from '@causeway/control/record/migration-record';
import { nextTableNumber, recordSchemaChange, type VersionedContracts } from '@causeway/control/record/schema-change';
import type { Generation } from '@causeway/control/record/table-record';
import { failPoint } from '@causeway/runtime/fail-point';
import type { Log } from '@causeway/runtime/log';
import { type SourceDatabase, sourceFailure } from '@causeway/runtime/sqlite/open-source';
import type pg from 'pg';
import { isBusy } from './log-purge.ts';

export interface TakeOverInput {
  readonly pool: pg.Pool;
  readonly g: Generation;
  readonly sourceFile: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The application comes first. */
const BUSY_MS = 50;
const PAUSE_MS = 100;

/** True where rows must not be read by these contracts. A fence keeps everything as it is until it is lifted. */
export function schemaMoved(db: SourceDatabase, { version }: VersionedContracts): boolean {
  return readCount(db, 'fence_attempt') === 0n && (!schemaIsKnown(db) || readCount(db, 'contract_version') !== BigInt(version));
}

/** Throws SCHEMA_CHANGED for what cannot be followed; nothing is then changed anywhere. */
// Invariant: I95
export async function takeOverSchema(input: TakeOverInput, db: SourceDatabase, known: VersionedContracts, published: bigint): Promise<void> {
  const { pool, g, log, signal } = input;
  const record = await readMigration(pool, g.migration);
  const writable = openWritableSource(input.sourceFile);
  writable.pragma(`busy_timeout = ${BUSY_MS}`);
  try {
    for (let told = false; !signal.aborted; await sleep(PAUSE_MS, undefined, { signal }).catch(() => {})) {
      const existing = record.settings.schema === 'existing' ? await readExistingTables(pool, (record.plan as PlanDocument).targetSchema) : null;
      const nextTable = await nextTableNumber(pool, g);
      const planned = db.transaction(() => plannedFrom(db, record, known, { existing, nextTable }))();
      if (!written(writable, planned.source, () => {
        if (!told) log.info('the application writes; its schema change is taken over as soon as it lets us');
        told = true;
      })) continue;
      failPoint('extractor.schema_after_source');
      if (planned.source.version === null) return log.info('the schema of the source was touched, and nothing that is followed has changed');
      await recordSchemaChange(pool, g, { version: planned.source.version, contracts: planned.contracts, steps: planned.steps, position: published });
      failPoint('extractor.schema_after_record');
      log.info({ version: planned.source.version, steps: planned.steps.map((step) => `${step.kind} ${step.table}`) }, 'the application has changed its schema; it is followed');
      return;
    }
  } finally {
    writable.close();
  }
}

interface Planned {
  readonly source: SourceEvolution;
  readonly contracts: VersionedContracts['contracts'];
  readonly steps: readonly SchemaStep[];
}

function plannedFrom(db: SourceDatabase, record: MigrationRecord, known: VersionedContracts, target: { existing: readonly ExistingTable[] | null; nextTable: number }): Planned {
  const schema = discoverSchema(db);
  const { contracts, steps } = planEvolution({ db, schema, contracts: known.contracts, plan: record.plan as PlanDocument, shape: parseShape(readFact(db, 'shape')), ...target });
  const captured = capturedTables(schema, contracts);
  const made = new Set(steps.flatMap((step) => (step.kind === 'make_table' ? [step.table] : [])));
  // Another one of us may have brought the source to this version and ended before it was recorded: what it found to be done is still to be done.
  const behind = readCount(db, 'contract_version') !== BigInt(known.version);
  const left = behind ? (JSON.parse(String(readFact(db, 'reloading') ?? '[]')) as number[]).filter((table) => contracts.some((contract) => contract.table === table)) : [];
  const reloaded = new Set([...uncaptured(db, captured), ...renumbered(schema, contracts), ...left].filter((table) => !made.has(table)));
  const all = withReloads(steps, reloaded);
  const logged = new Set([...made, ...all.flatMap((step) => (step.kind === 'change_table' && step.reload ? [step.table] : []))]);
  const source = { schemaVersion: schemaVersion(db), version: all.length > 0 || behind ? known.version + 1 : null, captured, logged, shape: JSON.stringify(shapeOf(schema)) };
  return { source, contracts, steps: all };
}

/** VACUUM may have given the rows of a table without a key new rowids: which is not told, so all of them come again. */
function renumbered(schema: SourceSchema, contracts: VersionedContracts['contracts']): number[] {
  const fullText = new Set(schema.tables.filter((table) => table.fts !== null).map((table) => table.name));
  return contracts.filter((contract) => contract.keyless && !fullText.has(contract.source)).map((contract) => contract.table);
}

function withReloads(steps: readonly SchemaStep[], tables: ReadonlySet<number>): SchemaStep[] {
  const all = steps.map((step) => (step.kind === 'change_table' && tables.has(step.table) ? { ...step, reload: true } : step));
  const changed = new Set(steps.map((step) => step.table));
  const alone = [...tables].filter((table) => !changed.has(table));
  return [...all, ...alone.map((table): SchemaStep => ({ kind: 'change_table', table, added: [], dropped: [], renamed: [], nullable: [], reload: true, objects: [] }))];
}

/** False: to be tried again. */
function written(db: SourceDatabase, evolution: SourceEvolution, onBusy: () => void): boolean {
  try {
    return evolveSource(db, evolution);
  } catch (error) {
    if (!isBusy(error)) throw error instanceof Failure ? error : sourceFailure(db.name, error);
    onBusy();
    return false;
  }
}
