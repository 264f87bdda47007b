/** The application: one connection of another SQLite library than the product's, and everything that it notices of a statement. */
import { DatabaseSync } from 'node:sqlite';

export interface ApplicationOptions {
  /** "double quoted" text is a string where no column has that name, as in most libraries. */
  readonly looseQuotes: boolean;
  readonly foreignKeys: boolean;
  readonly recursiveTriggers: boolean;
  readonly encoding: string;
}

export class Application {
  private readonly db: DatabaseSync;

  constructor(file: string, options: ApplicationOptions) {
    this.db = new DatabaseSync(file, { enableForeignKeyConstraints: options.foreignKeys, enableDoubleQuotedStringLiterals: options.looseQuotes });
    // As a framework adds them: no other library knows them.
    this.db.function('regexp', { deterministic: true }, (pattern, text) => (new RegExp(String(pattern)).test(String(text)) ? 1 : 0));
    this.db.exec(`PRAGMA encoding = '${options.encoding}'; PRAGMA synchronous = off; PRAGMA journal_mode = memory; PRAGMA recursive_triggers = ${options.recursiveTriggers}`);
  }

  /** Rows, counters, or the error with its code: what must be the same with the capture and without. */
  run(sql: string): string {
    try {
      const rows = this.rows(sql);
      // VACUUM leaves counters of its own copying behind.
      return JSON.stringify({ rows: rows.map((row) => row.map(String)), counters: sql === 'VACUUM' ? [] : this.rows('SELECT changes(), last_insert_rowid()')[0]?.map(String) });
    } catch (error) {
      const { errcode, message } = error as { errcode?: number; message: string };
      return JSON.stringify({ errcode, message });
    }
  }

  rows(sql: string): unknown[][] {
    const statement = this.db.prepare(sql);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    return statement.all() as unknown as unknown[][];
  }

  accepts(sql: string): boolean {
    try {
      this.db.exec(sql);
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    this.db.close();
  }
}
