/** The application's part of sqlite_schema: what must be the same before and after us. */
import { createHash } from 'node:crypto';
import { SOURCE_PREFIX } from '@causeway/contracts/live/source-objects';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';

export interface SchemaEntry {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string | null;
}

export function schemaEntries(db: SourceDatabase, whose: 'ours' | 'application'): SchemaEntry[] {
  const all = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid').all() as SchemaEntry[];
  // An automatic index of one of our tables is ours, too.
  const ours = (entry: SchemaEntry): boolean => entry.name.startsWith(SOURCE_PREFIX) || entry.tbl_name.startsWith(SOURCE_PREFIX);
  return all.filter((entry) => ours(entry) === (whose === 'ours'));
}

/** Changes with any object of the application's schema, in whatever order they stand; its suspended triggers count as there. */
export function applicationSchemaMark(db: SourceDatabase, suspended: readonly string[] = []): string {
  const rest = schemaEntries(db, 'application').map((entry) => JSON.stringify([entry.type, entry.name, entry.tbl_name, entry.sql]));
  return createHash('sha256').update([...rest, ...suspended].sort().join('\n')).digest('hex');
}
