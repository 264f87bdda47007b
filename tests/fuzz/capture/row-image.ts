/** Rows as they are stored, read by the application's own library: class and bytes of every cell. */
import type { CapturedTable } from '@causeway/control/capture/captured-table';
import { LOG_TABLE } from '@causeway/contracts/live/source-objects';
import type { Application } from './application.ts';
import { quoted } from './random-words.ts';

/** -0.0 and 0.0 are one key to every index. */
const cell = (name: string): string => `CASE typeof(${name}) WHEN 'null' THEN 'N' WHEN 'integer' THEN 'I' || ${name} WHEN 'real' THEN 'R' || printf('%!.20g', ${name} + 0.0) WHEN 'text' THEN 'T' || hex(CAST(${name} AS BLOB)) ELSE 'B' || hex(${name}) END`;
const cells = (names: readonly string[]): string => (names.length === 0 ? "''" : names.map(cell).join(" || ' ' || "));

const columnsOf = (app: Application, table: string): string[] => app.rows(`SELECT name FROM pragma_table_xinfo(${literal(table)}, 'main') WHERE hidden <> 1`).map(([name]) => quoted(String(name)));
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Number and key → the row. Two rows of one key are told apart by their rows. */
export function captureImage(app: Application, tables: readonly CapturedTable[]): Map<string, string> {
  const image = new Map<string, string>();
  for (const table of tables) {
    for (const [key, row] of app.rows(`SELECT ${cells(table.key.map(quoted))}, ${cells(columnsOf(app, table.name))} FROM main.${quoted(table.name)} ORDER BY 1, 2`)) {
      const name = `${table.number} ${String(key)}`;
      image.set(name, `${image.get(name) ?? ''}|${String(row)}`);
    }
  }
  return image;
}

export function loggedKeys(app: Application, tables: readonly CapturedTable[], from: bigint): Set<string> {
  const keys = new Set<string>();
  for (const table of tables) for (const [key] of app.rows(`SELECT ${cells(table.key.map((_, i) => `k${i}`))} FROM ${quoted(LOG_TABLE)} WHERE id > ${from} AND t = ${table.number}`)) keys.add(`${table.number} ${String(key)}`);
  return keys;
}

/** Every row of every table of the application, in an order of its own. */
export function wholeImage(app: Application): string[] {
  const tables = app.rows("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE '\\_causeway\\_%' ESCAPE '\\' AND name NOT IN ('sqlite_schema', 'sqlite_stat1', 'sqlite_stat4')").map(([name]) => String(name));
  return tables.flatMap((table) => app.rows(`SELECT ${cells(columnsOf(app, table))} FROM main.${quoted(table)}`).map(([row]) => `${table}: ${String(row)}`)).sort();
}

export const keyCells = cells;
