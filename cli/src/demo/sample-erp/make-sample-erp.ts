/**
 * Makes the project's own sample database: a small company's ERP with tables of every shape that SQLite allows and
 * PostgreSQL can hold. The same options give the same contents on every machine.
 */
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { catalogue } from './departments/catalogue.ts';
import { documents } from './departments/documents.ts';
import { finance } from './departments/finance.ts';
import { invoicing } from './departments/invoicing.ts';
import { operations } from './departments/operations.ts';
import { partners } from './departments/partners.ts';
import { people } from './departments/people.ts';
import { sales } from './departments/sales.ts';
import { stock } from './departments/stock.ts';
import type { ErpDepartment, ErpDesk } from './erp-department.ts';
import { erpSize } from './erp-size.ts';
import { plantProblems } from './plant-problems.ts';
import { seededRandom } from './seeded-random.ts';

export interface SampleErpOptions {
  /** About how many rows in all. Default: 250,000. */
  readonly rows?: number;
  readonly seed?: number;
  /** Adds a handful of rows that PostgreSQL cannot hold, to show the quarantine. */
  readonly withProblems?: boolean;
  readonly onProgress?: (progress: SampleErpProgress) => void;
}

export interface SampleErpProgress {
  readonly department: string;
  readonly done: number;
  readonly of: number;
}

export interface SampleErp {
  readonly tables: number;
  readonly rows: number;
}

const DEPARTMENTS: readonly ErpDepartment[] = [partners, people, catalogue, stock, sales, invoicing, finance, documents, operations];

/** Replaces `file` if it exists. */
export function makeSampleErp(file: string, options: SampleErpOptions = {}): SampleErp {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
  const db = new Database(file);
  try {
    // Nobody else sees the file before it is finished, and a crash only means making it again.
    db.pragma('journal_mode = off');
    db.pragma('synchronous = off');
    db.pragma('foreign_keys = off');
    db.transaction(() => {
      fillAll(db, options);
      if (options.withProblems === true) plantProblems(db);
    })();
    const made = count(db);
    db.pragma('journal_mode = wal');
    return made;
  } finally {
    db.close();
  }
}

function fillAll(db: Database.Database, options: SampleErpOptions): void {
  const desk: ErpDesk = {
    db,
    random: seededRandom(options.seed ?? 2021),
    size: erpSize(options.rows ?? 250_000),
    into: (table, columns) => {
      const statement = db.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.split(',').map(() => '?').join(', ')})`);
      return (...values) => void statement.run(...values);
    },
  };
  for (const department of DEPARTMENTS) db.exec(department.tables);
  for (const [done, department] of DEPARTMENTS.entries()) {
    options.onProgress?.({ department: department.name, done, of: DEPARTMENTS.length });
    department.fill(desk);
  }
  for (const department of DEPARTMENTS) db.exec(department.extras);
  options.onProgress?.({ department: 'indexes', done: DEPARTMENTS.length, of: DEPARTMENTS.length });
}

/** Tables that hold rows of their own: an FTS5 table is one, the tables it keeps its index in are none. */
function count(db: Database.Database): SampleErp {
  const names = db.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").pluck().all() as string[];
  const rows = names.map((name) => db.prepare(`SELECT count(*) FROM "${name.replaceAll('"', '""')}"`).pluck().get() as number);
  return { tables: names.length, rows: rows.reduce((sum, n) => sum + n, 0) };
}
