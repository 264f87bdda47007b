/** Settings of the server and of the database that keep queries slower than they need be. */
import { QUERY_SETTINGS } from '@causeway/runtime/query-settings';
import type pg from 'pg';
import type { Advice } from './advice.ts';

/** Only what nobody has set: an owner's own value has its reasons. */
export async function settingAdvice(pool: pg.Pool): Promise<Advice[]> {
  const found = await pool.query('SELECT name, setting, unit, source, boot_val AS boot, reset_val AS reset, quote_ident(current_database()) AS database FROM pg_settings WHERE name = ANY ($1)', [QUERY_SETTINGS.map((s) => s.name)]);
  const rows = found.rows as { name: string; setting: string; boot: string; reset: string; source: string; database: string }[];
  const settings = QUERY_SETTINGS.flatMap(({ name, value, why }): Advice[] => {
    const row = rows.find((r) => r.name === name);
    if (row === undefined || row.reset !== row.boot || row.source === 'database' || row.source === 'user') return [];
    return row.reset === plain(value) ? [] : [{ kind: 'setting', subject: name, why, ddl: `ALTER DATABASE ${row.database} SET ${name} = '${value}';`, weight: 0 }];
  });
  const order = await pool.query("SELECT datcollate AS collate, datctype AS ctype FROM pg_database WHERE datname = current_database()");
  const { collate } = order.rows[0] as { collate: string };
  const slow = !['C', 'POSIX'].includes(collate);
  const collation: Advice = { kind: 'setting', subject: `LC_COLLATE ${collate}`, why: "texts sort by this locale, several times slower than by their bytes as in SQLite, and in another order; it is chosen when a database is made", ddl: `CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';`, weight: 0 };
  return slow ? [...settings, collation] : settings;
}

/** pg_settings counts in the setting's own unit; only the plain ones are compared by value. */
const plain = (value: string): string => (/^\d+(?:MB|kB)$/.test(value) ? '' : value);
