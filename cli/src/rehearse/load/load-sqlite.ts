import { FENCE_MESSAGE } from '@causeway/control/capture/source-fence';
import Database from 'better-sqlite3';
import { type LoadDatabase, LoadFenced, type LoadTransaction } from './load-database.ts';
import type { LoadKey } from './load-key.ts';

/** As a careful application: foreign keys on, a writer in its way waited for. */
export function openLoadSqlite(file: string): LoadDatabase {
  const db = new Database(file, { fileMustExist: true, timeout: 20_000 });
  db.defaultSafeIntegers(true);
  db.pragma('foreign_keys = ON');
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string): Database.Statement => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  const numbered = (values: LoadKey): Record<string, unknown> => Object.fromEntries(values.map((value, i) => [String(i + 1), value]));
  const tx: LoadTransaction = {
    // The fence is a constraint like any other to SQLite: told apart here, before it could be taken for a refusal.
    run: async (sql, values) => unlessFenced(() => prepared(sql).run(numbered(values)).changes),
    first: async (sql, values) => unlessFenced(() => prepared(sql).raw().get(numbered(values)) as readonly unknown[] | undefined),
  };
  return {
    side: 'sqlite',
    transaction: async (work) => {
      try {
        db.exec('BEGIN IMMEDIATE');
        const result = await work(tx);
        db.exec('COMMIT');
        return result;
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
    close: async () => void db.close(),
  };
}

function unlessFenced<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw (error as Error).message === FENCE_MESSAGE ? new LoadFenced(FENCE_MESSAGE) : error;
  }
}
