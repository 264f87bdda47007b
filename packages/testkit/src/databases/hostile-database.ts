/** A small SQLite database that attacks one promise, and the only right outcomes of migrating it. */
import type { FailureCode } from '@causeway/contracts/failures';

/**
 * General rule: at the end each source row is either in PostgreSQL and equal by value, or in the quarantine.
 * - `equal`: every row arrives; widening a column (varchar to text, text for mixed classes) is allowed
 * - `quarantine`: exactly the rows of `quarantined` are in the quarantine, all others are equal
 * - `equal_or_quarantine`: a wider column may hold everything; else at most the rows of `quarantined` are quarantined
 * - `refused`: a clean failure with the code of `failure`, and nothing left in the target
 * - `quarantine_or_refused`: PostgreSQL cannot hold it in any column type; either way of saying so is right
 */
export type HostileOutcome = 'equal' | 'quarantine' | 'equal_or_quarantine' | 'refused' | 'quarantine_or_refused';

export interface HostileExpectation {
  readonly outcome: HostileOutcome;
  /** Rows in each source table whose rows must be accounted for; empty where nothing can be read. */
  readonly rows: Readonly<Record<string, number>>;
  /** By table: exactly so many (`quarantine`), at most so many (the outcomes with "or"). */
  readonly quarantined?: Readonly<Record<string, number>>;
  readonly failure?: FailureCode;
  /** Objects that cannot be moved as they are: each must be named in plan and report. */
  readonly reported?: readonly string[];
  readonly note?: string;
}

export interface HostileDatabase {
  /** Unique; fit for a file name and a test name. */
  readonly name: string;
  readonly title: string;
  /** Items of the catalogue of hard cases. */
  readonly cites: readonly string[];
  /** The file's name where that is what is hostile; else `<name>.sqlite`. */
  readonly fileName?: string;
  /** Makes the database. `file` stands in an existing folder of its own, which `make` may fill and lock. */
  make(file: string): void;
  /** Undoes what would keep the folder from being removed. */
  unlock?(file: string): void;
  readonly expect: HostileExpectation;
}
