/**
 * The source's part of a schema change, in one transaction: the capture serves the new contracts, rows that were written
 * where nothing captured them are logged, and an entry of the log marks the place from which the new contracts hold.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { LOG_TABLE, SOURCE_PREFIX } from '@causeway/contracts/live/source-objects';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { schemaEntries } from '../capture/application-schema.ts';
import { SENTINEL, tableTriggers } from '../capture/capture-ddl.ts';
import type { CapturedTable } from '../capture/captured-table.ts';
import { findsAsMany } from '../capture/install-capture.ts';
import { readCount, schemaVersion, writeFact } from '../capture/source-facts.ts';
import { standFirst } from '../capture/suspended-triggers.ts';

export interface SourceEvolution {
  /** schema_version that the plan was made from. */
  readonly schemaVersion: bigint;
  /** Null: nothing that contracts speak of has changed. */
  readonly version: number | null;
  readonly captured: readonly CapturedTable[];
  /** Numbers of the tables of which every row is to come again. */
  readonly logged: ReadonlySet<number>;
  readonly shape: string;
}

/** False: the schema has changed once more, or a fence stands: look again. Throws SQLITE_BUSY while the application writes. */
// Invariant: I95
export function evolveSource(db: SourceDatabase, evolution: SourceEvolution): boolean {
  return db.transaction(() => {
    if (schemaVersion(db) !== evolution.schemaVersion || readCount(db, 'fence_attempt') !== 0n) return false;
    if (evolution.version !== null) {
      widenLog(db, evolution.captured);
      renewTriggers(db, evolution.captured);
      for (const table of evolution.captured) if (evolution.logged.has(table.number)) logEveryRow(db, table);
      db.prepare(`INSERT INTO ${quoteIdentifier(LOG_TABLE)} (t, k0) VALUES (?, ?)`).run(SENTINEL, evolution.version);
      writeFact(db, 'contract_version', BigInt(evolution.version));
      writeFact(db, 'reloading', JSON.stringify([...evolution.logged]));
    }
    standFirst(db);
    writeFact(db, 'shape', evolution.shape);
    writeFact(db, 'schema_known', schemaVersion(db));
    return true;
  }).immediate();
}

/** Tables whose triggers are not all there: what was written to them meanwhile is not known. */
export function uncaptured(db: SourceDatabase, captured: readonly CapturedTable[]): number[] {
  const ours = schemaEntries(db, 'ours').filter((entry) => entry.type === 'trigger');
  const there = new Set(ours.map((entry) => entry.sql));
  const byName = new Map(ours.map((entry) => [entry.name, entry.sql ?? '']));
  return captured.filter((table) => tableTriggers(table).some((sql) => !there.has(sql) && !findsAsMany(sql, byName))).map((table) => table.number);
}

/** Its text is then the one that a new capture of this width would have. */
function widenLog(db: SourceDatabase, captured: readonly CapturedTable[]): void {
  const has = (db.pragma(`table_info(${quoteIdentifier(LOG_TABLE)})`) as unknown[]).length - 2;
  const needs = Math.max(1, ...captured.map((table) => table.key.length));
  for (let i = has; i < needs; i++) db.exec(`ALTER TABLE ${quoteIdentifier(LOG_TABLE)} ADD COLUMN k${i}`);
}

function renewTriggers(db: SourceDatabase, captured: readonly CapturedTable[]): void {
  const wanted = new Map(captured.flatMap(tableTriggers).map((sql) => [nameOf(sql), sql]));
  const there = new Map(schemaEntries(db, 'ours').filter((entry) => entry.type === 'trigger' && CAPTURE.test(entry.name)).map((entry) => [entry.name, entry.sql ?? '']));
  for (const [name, sql] of there) {
    if (wanted.get(name) === sql) continue;
    db.exec(`DROP TRIGGER ${quoteIdentifier(name)}`);
    there.delete(name);
  }
  for (const [name, sql] of wanted) if (!there.has(name)) db.exec(sql);
}

const CAPTURE = new RegExp(`^${SOURCE_PREFIX}\\d+_`);
const nameOf = (sql: string): string => /^CREATE TRIGGER "([^"]+)"/.exec(sql)?.[1] ?? '';

function logEveryRow(db: SourceDatabase, table: CapturedTable): void {
  const into = table.key.map((_, i) => `k${i}`).join(', ');
  db.exec(`INSERT INTO ${quoteIdentifier(LOG_TABLE)} (t, ${into}) SELECT ${table.number}, ${table.key.map(quoteIdentifier).join(', ')} FROM ${quoteIdentifier(table.name)}`);
}

