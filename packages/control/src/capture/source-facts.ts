/** Facts that must commit with the source itself; see SourceFact. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { LOG_TABLE, type SourceFact, STATE_TABLE } from '@causeway/contracts/live/source-objects';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';

const STATE = quoteIdentifier(STATE_TABLE);

/** Integers as bigint; undefined where it was never written. */
export function readFact(db: SourceDatabase, name: SourceFact): bigint | string | undefined {
  return db.prepare(`SELECT value FROM ${STATE} WHERE name = ?`).pluck().safeIntegers().get(name) as bigint | string | undefined;
}

/** A fact that counts; 0 where it was never written. */
export function readCount(db: SourceDatabase, name: SourceFact): bigint {
  return BigInt(readFact(db, name) ?? 0n);
}

export function writeFact(db: SourceDatabase, name: SourceFact, value: bigint | string): void {
  db.prepare(`INSERT INTO ${STATE} (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`).run(name, value);
}

export function schemaVersion(db: SourceDatabase): bigint {
  return BigInt(db.pragma('schema_version', { simple: true }) as number);
}

/**
 * The schema is as one of us has left or taken in: nothing of it has changed since that nobody has looked at. A capture
 * that keeps no such mark is taken at its word.
 */
export function schemaIsKnown(db: SourceDatabase): boolean {
  const version = schemaVersion(db);
  const known = readCount(db, 'schema_known');
  return known === 0n || version === known;
}

/** Newest id of the change log. */
export function logEnd(db: SourceDatabase): bigint {
  return db.prepare(`SELECT max(id) FROM ${quoteIdentifier(LOG_TABLE)}`).pluck().safeIntegers().get() as bigint;
}

export function captureIsThere(db: SourceDatabase): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(STATE_TABLE) !== undefined;
}

/**
 * Removes entries up to an id, never the newest: without it SQLite would give its id again (rule 1). One transaction
 * of the caller's making or its own; what was purged is told in it.
 */
export function purgeLog(db: SourceDatabase, upTo: bigint): number {
  return db.transaction(() => {
    const end = logEnd(db);
    const bound = upTo < end ? upTo : end - 1n;
    if (bound <= readCount(db, 'purged_to')) return 0;
    // Invariant: I30
    const { changes } = db.prepare(`DELETE FROM ${quoteIdentifier(LOG_TABLE)} WHERE id <= ?`).run(bound);
    writeFact(db, 'purged_to', bound);
    return changes;
  }).immediate();
}
