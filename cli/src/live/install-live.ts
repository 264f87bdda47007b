/**
 * Puts the capture into the source, once its owner has seen what that is and agreed. The record of the migration comes
 * first and its live part last, so a run that is cut off in between is found and finished by the next.
 */
import { Failure } from '@causeway/contracts/failures';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { captureDdl } from '@causeway/control/capture/capture-ddl';
import { type CapturedTable, capturedTables } from '@causeway/control/capture/captured-table';
import { installCapture, type InstalledCapture } from '@causeway/control/capture/install-capture';
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { schemaVersion } from '@causeway/control/capture/source-facts';
import { findDrift } from '@causeway/control/evolve/find-drift';
import { shapeOf } from '@causeway/control/evolve/source-shape';
import { insertLive } from '@causeway/control/live/live-record';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import type { PlanDocument } from '@causeway/control/plan/plan-document';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { readContracts } from '@causeway/control/record/table-record';
import { failPoint } from '@causeway/runtime/fail-point';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import { openSource, type SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';

const PATIENCE_MS = 30_000;

/** The statements that `installLive` will execute in the source, in their order. */
export function plannedDdl(file: string, contracts: readonly TableContract[]): string[] {
  return captureDdl(plannedTables(file, contracts));
}

/** What an owner should know before the triggers stand: an application in defensive mode calls such a schema malformed. */
export function captureCautions(file: string, contracts: readonly TableContract[]): string[] {
  const behind = plannedTables(file, contracts).filter((table) => !contracts.some((contract) => contract.source === table.name));
  if (behind.length === 0) return [];
  return [`full-text tables are followed by triggers on ${behind.map((table) => quoteIdentifier(table.name)).join(', ')}: an application that opens the file in SQLite's defensive mode (better-sqlite3, PHP's SQLite3 class) could not read the schema any more; if yours does, give these tables \`action: skip\` in the plan`];
}

function plannedTables(file: string, contracts: readonly TableContract[]): CapturedTable[] {
  const db = openSource(file);
  try {
    return capturedTables(discoverSchema(db), contracts);
  } finally {
    db.close();
  }
}

/**
 * The schema is the one that stands in the transaction that installs: what the application changes from then on is followed. Read
 * before, it is only read again where it has changed since, as every writer of the application waits meanwhile.
 */
function installOn(db: SourceDatabase, record: MigrationRecord, contracts: readonly TableContract[]): InstalledCapture {
  const seen = { version: schemaVersion(db), schema: discoverSchema(db) };
  const skipped = new Set((record.plan as PlanDocument).tables.filter((table) => table.action === 'skip').map((table) => table.name));
  return db.transaction(() => {
    const schema = schemaVersion(db) === seen.version ? seen.schema : discoverSchema(db);
    const asPlanned = findDrift({ contracts, schema, skipped, shape: null }).length === 0;
    return installCapture(db, record.id, capturedTables(schema, contracts), { shape: JSON.stringify(shapeOf(schema)), asPlanned });
  }).immediate();
}

/** Idempotent for one migration. Throws CAPTURE_FOREIGN where another one follows this file. */
export async function installLive(pool: pg.Pool, record: MigrationRecord): Promise<void> {
  const g = { migration: record.id, generation: record.generation };
  const contracts = await readContracts(pool, g);
  const db = openWritableSource(record.source.path);
  // Once in a migration, and SQLite gives its lock to whoever asks at the right moment: beside many writers that takes a while.
  db.pragma(`busy_timeout = ${PATIENCE_MS}`);
  try {
    const { token, logEnd } = installOn(db, record, contracts);
    failPoint('cli.after_capture');
    await inTransaction(pool, (client) => insertLive(client, { ...g, token, startedAtId: logEnd }));
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw new Failure('SOURCE_BUSY', `${record.source.path} is held by a transaction that does not end`, { cause: error });
    throw error;
  } finally {
    db.close();
  }
}
