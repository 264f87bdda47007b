/** Rows that PostgreSQL cannot hold as what their columns are; each is one error among thousands of good values. */
import type Database from 'better-sqlite3';

export function plantProblems(db: Database.Database): void {
  db.exec(`
    UPDATE note SET body = 'before' || char(0) || 'after' WHERE id = -5;
    UPDATE note SET body = CAST(x'c3286e6f7420757466382d' AS TEXT) WHERE id = -4;
    UPDATE stock_move SET quantity = 'about ten' WHERE id = -900;
    UPDATE payment SET amount = '1.234,56' WHERE id = 1;
    UPDATE invoice SET due_on = '2024-02-30' WHERE id = (SELECT min(id) FROM invoice WHERE due_on IS NOT NULL);
    UPDATE sales_order SET placed_at = 'yesterday' WHERE id = 2;
    UPDATE company SET name = 'cut' || char(0) WHERE id = 3;
  `);
}
