/** The application on SQLite: one connection for all workers, which take turns. */
import Database from 'better-sqlite3';
import { toSqlite } from '../cells.ts';
import type { AppStore, Bound } from './app-store.ts';

const BUSY_MS = 5_000;

export class SqliteStore implements AppStore {
  readonly primary = 'sqlite';
  private readonly db: Database.Database;
  private readonly statements = new Map<string, Database.Statement>();
  private turn: Promise<void> = Promise.resolve();
  private endTurn: () => void = () => {};

  constructor(file: string, synchronous: 'NORMAL' | 'FULL' = 'NORMAL') {
    this.db = new Database(file, { fileMustExist: true, timeout: BUSY_MS });
    this.db.pragma(`synchronous = ${synchronous}`);
    this.db.pragma('foreign_keys = ON');
  }

  async begin(): Promise<void> {
    const before = this.turn;
    let end: () => void = () => {};
    this.turn = new Promise((done) => {
      end = done;
    });
    await before;
    this.endTurn = end;
    try {
      this.db.exec('BEGIN IMMEDIATE');
    } catch (error) {
      end();
      throw error;
    }
  }

  async run(sql: string, bound: readonly Bound[]): Promise<{ rows: number; returned: string | null }> {
    let statement = this.statements.get(sql);
    if (statement === undefined) this.statements.set(sql, (statement = this.db.prepare(sql).safeIntegers()));
    const values = bound.map(({ kind, cell }) => toSqlite(kind, cell));
    if (!statement.reader) return { rows: statement.run(...values).changes, returned: null };
    const found = statement.raw().all(...values) as unknown[][];
    return { rows: found.length, returned: found[0] === undefined ? null : String(found[0][0]) };
  }

  async commit(): Promise<void> {
    try {
      this.db.exec('COMMIT');
    } catch (error) {
      await this.rollback();
      throw error;
    }
    this.endTurn();
  }

  async rollback(): Promise<void> {
    if (this.db.inTransaction) this.db.exec('ROLLBACK');
    this.endTurn();
  }

  async knows(n: number): Promise<boolean> {
    return this.db.prepare('SELECT 1 FROM writes WHERE n = ?').get(n) !== undefined;
  }

  async close(): Promise<void> {
    this.db.close();
  }
}
