/** Makes the sample application's SQLite file, in WAL mode. */
import Database from 'better-sqlite3';
import { cellsOf, toSqlite } from './cells.ts';
import { archiveRow, type FirstSize, firstRows } from './first-rows.ts';
import { type AppTable, appTable, SCHEMA } from './tables.ts';
import type { Row } from './cells.ts';

export function makeAppDatabase(file: string, size: FirstSize): void {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = OFF');
  db.pragma('foreign_keys = ON');
  db.exec(SCHEMA);
  const insert = (table: AppTable): ((row: Row) => void) => {
    const columns = Object.entries(table.columns);
    const statement = db.prepare(`INSERT INTO ${table.name} VALUES (${columns.map(() => '?').join(', ')})`);
    return (row) => statement.run(...cellsOf(table, row).map((cell, i) => toSqlite((columns[i] as [string, never])[1], cell)));
  };
  db.transaction(() => {
    for (let worker = 0; worker < size.workers; worker++) for (const [table, row] of firstRows(worker, size)) insert(appTable(table))(row);
    const archive = insert(appTable('archive'));
    for (let id = 1; id <= size.ballast; id++) archive(archiveRow(id));
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}
