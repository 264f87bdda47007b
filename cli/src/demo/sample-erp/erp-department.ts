/** One part of the sample company: its tables, and what stands in them. */
import type Database from 'better-sqlite3';
import type { ErpSize } from './erp-size.ts';
import type { SeededRandom } from './seeded-random.ts';

export type SqlValue = null | number | bigint | string | Buffer;
export type InsertRow = (...values: SqlValue[]) => void;

/** What a department fills its tables with. Departments are filled in a fixed order: the random sequence is shared. */
export interface ErpDesk {
  readonly db: Database.Database;
  readonly random: SeededRandom;
  readonly size: ErpSize;
  /** A prepared insert into the named columns; `table` and `columns` are written as in SQL. */
  into(table: string, columns: string): InsertRow;
}

export interface ErpDepartment {
  readonly name: string;
  /** Tables; made before any row of any department. */
  readonly tables: string;
  /** Indexes, views and triggers; made after the last row, because that is several times faster. */
  readonly extras: string;
  fill(desk: ErpDesk): void;
}
