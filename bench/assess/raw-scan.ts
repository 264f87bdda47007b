/**
 * What any exact reading of a source must do: every row of a table by pages of its key, integers as 64 bits, text as its
 * stored bytes, in the form in which the extractor reads rows that it looks at closely. No value is looked at.
 */
import { selectExactRows } from '@causeway/control/source/read-exact';
import Database from 'better-sqlite3';

const PAGE_ROWS = 2_000;

export function rawScan(file: string, table: string, key: string): { rows: number; seconds: number } {
  const db = new Database(file, { readonly: true });
  try {
    const names = db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
    const statement = db.prepare(`${selectExactRows(table, names)} WHERE "${key}" > ? ORDER BY "${key}" LIMIT ${PAGE_ROWS}`).raw().safeIntegers();
    const place = 2 + 2 * names.indexOf(key);
    const started = performance.now();
    let rows = 0;
    for (let last = -1n; ; ) {
      const page = statement.all(last) as bigint[][];
      rows += page.length;
      if (page.length < PAGE_ROWS) return { rows, seconds: (performance.now() - started) / 1000 };
      last = page.at(-1)?.[place] as bigint;
    }
  } finally {
    db.close();
  }
}
