/** Puts the capture into the source, finds out whether it is still whole, and takes it out again. */
import { randomBytes } from 'node:crypto';
import { Failure } from '@causeway/contracts/failures';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { LOG_TABLE } from '@causeway/contracts/live/source-objects';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { type SchemaEntry, schemaEntries } from './application-schema.ts';
import { captureDdl, SENTINEL } from './capture-ddl.ts';
import type { CapturedTable } from './captured-table.ts';
import { resumeTriggers } from './suspended-triggers.ts';
import { captureIsThere, logEnd, readFact, schemaVersion, writeFact } from './source-facts.ts';

export interface InstalledCapture {
  readonly token: string;
  /** The change stream begins behind this id. */
  readonly logEnd: bigint;
}

export interface SeenSchema {
  /** How the tables look in this transaction. */
  readonly shape: string | null;
  /** The contracts speak of these tables; false: the application has changed them since they were planned. */
  readonly asPlanned: boolean;
}

/** One transaction (rule 11). What the same migration has installed already stays. Throws CAPTURE_FOREIGN for another's. */
export function installCapture(db: SourceDatabase, migration: string, tables: readonly CapturedTable[], seen: SeenSchema = { shape: null, asPlanned: true }): InstalledCapture {
  return db.transaction(() => {
    if (captureIsThere(db)) {
      if (readFact(db, 'migration') !== migration) throw new Failure('CAPTURE_FOREIGN', `the source is followed by migration ${String(readFact(db, 'migration'))}`);
      checkCapture(db, tables);
    } else {
      for (const statement of captureDdl(tables)) db.exec(statement);
      db.prepare(`INSERT INTO ${quoteIdentifier(LOG_TABLE)} (id, t) VALUES (1, ?)`).run(SENTINEL);
      writeFact(db, 'migration', migration);
      writeFact(db, 'token', randomBytes(16).toString('hex'));
      if (seen.shape !== null) writeFact(db, 'shape', seen.shape);
      // Whoever follows looks at a schema that is not the known one.
      writeFact(db, 'schema_known', schemaVersion(db) - (seen.asPlanned ? 0n : 1n));
    }
    return { token: String(readFact(db, 'token')), logEnd: logEnd(db) };
  }).immediate();
}

/**
 * Every statement of the capture stands as it was made: a rebuilt table has lost its triggers without a word.
 * Throws CAPTURE_LOST naming what is missing.
 */
export function checkCapture(db: SourceDatabase, tables: readonly CapturedTable[]): void {
  const ours = schemaEntries(db, 'ours');
  const there = new Set(ours.map((entry) => entry.sql));
  const triggers = new Map(ours.filter((entry) => entry.type === 'trigger').map((entry) => [entry.name, entry.sql ?? '']));
  const missing = captureDdl(tables).filter((statement) => !there.has(statement) && !findsAsMany(statement, triggers) && !isWiderLog(statement, ours));
  if (missing.length > 0) throw new Failure('CAPTURE_LOST', missing.map((statement) => statement.split(/\s+(?:WHEN|\()/, 1)[0]).join('; '));
}

/**
 * A trigger for REPLACE names the columns that its table had when it was made. With columns that came later it reads
 * otherwise and finds the same rows, as long as it looks into as many indexes.
 */
export function findsAsMany(statement: string, triggers: ReadonlyMap<string, string>): boolean {
  const name = /^CREATE TRIGGER "([^"]*_replace_(?:insert|update))" /.exec(statement)?.[1];
  const sql = name === undefined ? undefined : triggers.get(name);
  return sql !== undefined && clauses(sql) >= clauses(statement);
}

/** A log that once held longer keys keeps their columns. */
function isWiderLog(statement: string, ours: readonly SchemaEntry[]): boolean {
  const log = ours.find((entry) => entry.type === 'table' && entry.name === LOG_TABLE)?.sql ?? '';
  return statement.startsWith(`CREATE TABLE ${quoteIdentifier(LOG_TABLE)} `) && log.startsWith(statement.slice(0, -1)) && /^(?:, k\d+)+\)$/.test(log.slice(statement.length - 1));
}

const clauses = (sql: string): number => sql.split(`INSERT INTO ${quoteIdentifier(LOG_TABLE)}`).length - 1;

/** Leaves the source's schema as it was before us, also where a fence stands. Idempotent. */
export function removeCapture(db: SourceDatabase): void {
  db.transaction(() => {
    const ours = schemaEntries(db, 'ours');
    for (const { name } of ours.filter((entry) => entry.type === 'trigger')) db.exec(`DROP TRIGGER ${quoteIdentifier(name)}`);
    if (captureIsThere(db)) resumeTriggers(db);
    for (const { name } of ours.filter((entry) => entry.type === 'table')) db.exec(`DROP TABLE ${quoteIdentifier(name)}`);
  }).immediate();
}
