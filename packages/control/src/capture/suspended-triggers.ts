/** The application's triggers stand aside while its side is the follower: their effects already travel as changes. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { SOURCE_PREFIX, SUSPENDED_TABLE } from '@causeway/contracts/live/source-objects';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { schemaEntries } from './application-schema.ts';

const TABLE = quoteIdentifier(SUSPENDED_TABLE);

/** In the caller's transaction. The numbers keep the order in which they were made, which decides the order of firing. */
export function suspendTriggers(db: SourceDatabase): void {
  const keep = db.prepare(`INSERT INTO ${TABLE} (name, sql) VALUES (?, ?)`);
  schemaEntries(db, 'application')
    .filter((entry) => entry.type === 'trigger')
    .forEach((entry, i) => {
      keep.run(`${String(i).padStart(6, '0')} ${entry.name}`, entry.sql);
      db.exec(`DROP TRIGGER ${quoteIdentifier(entry.name)}`);
    });
}

/** In the caller's transaction: verbatim, in their order. */
export function resumeTriggers(db: SourceDatabase): void {
  const resumed = db.prepare(`SELECT sql FROM ${TABLE} ORDER BY name`).pluck().all() as string[];
  for (const sql of resumed) db.exec(sql);
  db.exec(`DELETE FROM ${TABLE}`);
  standFirst(db);
}

/**
 * SQLite fires the trigger first that was made last. An application's own one may end the statement for good, by RAISE(IGNORE) or
 * RAISE(FAIL), after its row was written: what has not been logged by then never is.
 */
export function standFirst(db: SourceDatabase): void {
  const last = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid DESC LIMIT 1").pluck().get() as string | undefined;
  if (last === undefined || last.startsWith(SOURCE_PREFIX)) return;
  for (const { name, sql } of schemaEntries(db, 'ours').filter((entry) => entry.type === 'trigger')) db.exec(`DROP TRIGGER ${quoteIdentifier(name)}; ${sql}`);
}
