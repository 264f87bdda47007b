import Database from 'better-sqlite3';
import { Fenced, type ShopDatabase, type ShopTransaction } from './shop-database.ts';
import type { Row } from './shop-schema.ts';

/** `synchronous`: as the application would have set it. */
export function openShopSqlite(file: string, synchronous: 'FULL' | 'NORMAL'): ShopDatabase {
  const db = new Database(file, { timeout: 20_000 });
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${synchronous}`);
  db.pragma('foreign_keys = ON');
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string): Database.Statement => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = db.prepare(sql)));
    return statement;
  };
  const plain = (values: readonly unknown[]): unknown[] => values.map((value) => (typeof value === 'boolean' ? Number(value) : value));
  const tx: ShopTransaction = {
    run: async (sql, values) => void prepared(sql).run(...plain(values)),
    all: async (sql, values) => prepared(sql).all(...plain(values)) as Row[],
  };
  return {
    kind: 'sqlite',
    transaction: async (work) => {
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = await work(tx);
        db.exec('COMMIT');
        return result;
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK');
        if (error instanceof Error && error.message.startsWith('causeway:')) throw new Fenced(error.message);
        throw error;
      }
    },
    mark: async (app) => (db.prepare('SELECT n FROM marks WHERE app = ?').pluck().get(app) as number | undefined) ?? -1,
    close: async () => void db.close(),
  };
}
