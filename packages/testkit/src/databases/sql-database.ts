/** Hostile databases that are made by SQL alone. */
import Database from 'better-sqlite3';
import type { HostileDatabase } from './hostile-database.ts';

export interface SqlDatabase extends Omit<HostileDatabase, 'make'> {
  readonly encoding?: 'UTF-8' | 'UTF-16le' | 'UTF-16be';
  readonly pageSize?: number;
  readonly sql?: string;
  /** Runs after `sql`, in a transaction. */
  fill?(db: Database.Database): void;
}

export function sqlDatabase(definition: SqlDatabase): HostileDatabase {
  const { encoding = 'UTF-8', pageSize = 4096, sql = '', fill, ...rest } = definition;
  return {
    ...rest,
    make(file) {
      const db = new Database(file);
      try {
        db.pragma(`encoding = '${encoding}'`);
        db.pragma(`page_size = ${pageSize}`);
        db.pragma('synchronous = off');
        // Orphans and cycles are part of the catalogue.
        db.pragma('foreign_keys = off');
        db.transaction(() => {
          db.exec(sql);
          fill?.(db);
        })();
      } finally {
        db.close();
      }
    },
  };
}

/** Plants a schema text that this SQLite would not accept itself, as older versions and other builds left it. */
export function plantSchema(db: Database.Database, name: string, sql: string): void {
  db.unsafeMode(true);
  db.pragma('writable_schema = on');
  db.prepare('UPDATE sqlite_schema SET sql = ? WHERE name = ?').run(sql, name);
  db.pragma('writable_schema = off');
  db.unsafeMode(false);
}
