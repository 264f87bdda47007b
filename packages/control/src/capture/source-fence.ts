/**
 * The fence of the source: triggers that refuse every insert, update and delete on every table. It waits for the writer
 * in flight, and a transaction that has read before it cannot write after it. Attempts are numbered, so that a late
 * process can neither raise an old fence again nor lift a newer one (rules 17, 19, 23).
 */
import { Failure } from '@causeway/contracts/failures';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { SOURCE_PREFIX } from '@causeway/contracts/live/source-objects';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { schemaEntries } from './application-schema.ts';
import { UNLESS_PASS } from './capture-ddl.ts';
import { logEnd, readCount, schemaIsKnown, schemaVersion, writeFact } from './source-facts.ts';
import { resumeTriggers, suspendTriggers } from './suspended-triggers.ts';

const FENCE = `${SOURCE_PREFIX}fence_`;
/** What an application's write is told. */
export const FENCE_MESSAGE = 'causeway: this database is closed for writing, it has moved to PostgreSQL or is about to';

export const fenceTriggerName = (what: string): string => `${FENCE}${what}`;

export interface FenceState {
  /** Attempt whose fence stands; 0 without. */
  readonly attempt: bigint;
  readonly lifted: bigint;
  /** The log's end in the fence's own transaction. */
  readonly end: bigint;
  /** schema_version in that transaction: a later one means that something passed the fence. */
  readonly schema: bigint;
}

export function fenceState(db: SourceDatabase): FenceState {
  return { attempt: readCount(db, 'fence_attempt'), lifted: readCount(db, 'lifted_attempt'), end: readCount(db, 'fence_end'), schema: readCount(db, 'fence_schema') };
}

/**
 * Idempotent for the attempt that stands. Throws FENCE_STALE for an older one than was lifted or stands, and
 * CUTOVER_NOT_READY where the schema is not the one that whoever asks knows: `version` of the contracts, where given.
 */
export function raiseFence(db: SourceDatabase, attempt: bigint, version?: number): FenceState {
  return durably(db, () => {
    const state = fenceState(db);
    if (state.attempt === attempt) return state;
    // Invariant: I31
    if (attempt <= state.lifted || attempt < state.attempt) throw new Failure('FENCE_STALE', `attempt ${attempt} is over: ${state.attempt} stands, ${state.lifted} was lifted`);
    // Invariant: I96
    if (state.attempt === 0n && version !== undefined && (!schemaIsKnown(db) || readCount(db, 'contract_version') !== BigInt(version))) throw new Failure('CUTOVER_NOT_READY', 'the application has changed its schema just now: it is taken over first; run the command again');
    const known = schemaIsKnown(db);
    dropFence(db);
    if (state.attempt === 0n) suspendTriggers(db);
    fencedTables(db).forEach((table, i) => {
      for (const event of ['INSERT', 'UPDATE', 'DELETE']) {
        db.exec(`CREATE TRIGGER ${quoteIdentifier(fenceTriggerName(`${i}_${event.toLowerCase()}`))} BEFORE ${event} ON ${quoteIdentifier(table)} ${UNLESS_PASS} BEGIN SELECT RAISE(ABORT, '${FENCE_MESSAGE}'); END`);
      }
    });
    writeFact(db, 'fence_attempt', attempt);
    writeFact(db, 'fence_end', logEnd(db));
    writeFact(db, 'fence_schema', schemaVersion(db));
    if (known) writeFact(db, 'schema_known', schemaVersion(db));
    return fenceState(db);
  });
}

/** Only the fence of this very attempt. Idempotent. */
export function liftFence(db: SourceDatabase, attempt: bigint): void {
  durably(db, () => {
    const state = fenceState(db);
    if (state.attempt === 0n && state.lifted >= attempt) return;
    // Invariant: I31
    if (state.attempt !== attempt) throw new Failure('FENCE_STALE', `attempt ${attempt} does not stand: ${state.attempt} does`);
    // What passed the fence is looked at once it is gone.
    const known = schemaIsKnown(db);
    dropFence(db);
    resumeTriggers(db);
    if (known) writeFact(db, 'schema_known', schemaVersion(db));
    writeFact(db, 'fence_attempt', 0n);
    writeFact(db, 'lifted_attempt', attempt);
  });
}

/** A commit that decides who may write must survive the machine. */
function durably<T>(db: SourceDatabase, work: () => T): T {
  const before = db.pragma('synchronous', { simple: true }) as number;
  db.pragma('synchronous = FULL');
  try {
    return db.transaction(work).immediate();
  } finally {
    db.pragma(`synchronous = ${before}`);
  }
}

function dropFence(db: SourceDatabase): void {
  for (const { name } of schemaEntries(db, 'ours').filter((entry) => entry.type === 'trigger' && entry.name.startsWith(fenceTriggerName('')))) db.exec(`DROP TRIGGER ${quoteIdentifier(name)}`);
}

/**
 * Every table with rows of its own, captured or not. A full-text table's rows stand in its content table; the others behind
 * a virtual table stay as they are: an application in SQLite's defensive mode cannot open a schema with triggers on them.
 */
export function fencedTables(db: SourceDatabase): string[] {
  const listed = db.pragma('main.table_list') as { schema: string; name: string; type: string }[];
  const shadows = new Set(listed.filter((entry) => entry.schema === 'main' && entry.type === 'shadow' && !entry.name.toLowerCase().endsWith('_content')).map((entry) => entry.name));
  const virtual = /^\s*create\s+virtual\s/i;
  return schemaEntries(db, 'application')
    .filter((entry) => entry.type === 'table' && !entry.name.startsWith('sqlite_') && !virtual.test(entry.sql ?? '') && !shadows.has(entry.name))
    .map((entry) => entry.name);
}
