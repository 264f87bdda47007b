/** Runs work while SQLite overlooks CHECK constraints. Statements are compiled again, so it is for exceptions only. */
import type { Database } from 'better-sqlite3';

export function withoutChecks<T>(db: Database, work: () => T): T {
  const before = db.pragma('ignore_check_constraints', { simple: true }) as number;
  db.pragma('ignore_check_constraints = ON');
  try {
    return work();
  } finally {
    db.pragma(`ignore_check_constraints = ${before}`);
  }
}
