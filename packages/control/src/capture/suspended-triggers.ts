/** The application's triggers stand aside while its side is the follower: their effects already travel as changes. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { SUSPENDED_TABLE } from '@causeway/contracts/live/source-objects';
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
  for (const sql of db.prepare(`SELECT sql FROM ${TABLE} ORDER BY name`).pluck().all() as string[]) db.exec(sql);
  db.exec(`DELETE FROM ${TABLE}`);
}
