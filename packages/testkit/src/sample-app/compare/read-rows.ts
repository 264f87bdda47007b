/** Reads the sample application's tables, in the ledger's form, from either side; none of causeway's own code takes part. */
import Database from 'better-sqlite3';
import pg from 'pg';
import { type Cell, fromPostgres, fromSqlite, type Row } from '../cells.ts';
import type { AppTable, CellKind } from '../tables.ts';

export interface Side {
  readonly name: 'sqlite' | 'postgres';
  rows(table: AppTable): AsyncIterable<Row>;
  close(): Promise<void>;
}

export function sqliteSide(file: string): Side {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
  return {
    name: 'sqlite',
    async *rows(table) {
      const columns = Object.entries(table.columns);
      const select = db.prepare(`SELECT ${columns.map(([name]) => name).join(', ')} FROM ${table.name}`).safeIntegers().raw();
      for (const found of select.iterate() as Iterable<unknown[]>) yield toRow(columns, found, fromSqlite);
    },
    close: async () => void db.close(),
  };
}

const PAGE = 20_000;

/** One snapshot for all tables. */
export async function postgresSide(url: string, schema = 'public'): Promise<Side> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  await client.query("SET TIME ZONE 'UTC'; SET DateStyle TO 'ISO, YMD'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  return {
    name: 'postgres',
    async *rows(table) {
      const columns = Object.entries(table.columns);
      await client.query(`DECLARE found NO SCROLL CURSOR FOR SELECT ${columns.map(([name]) => `${name}::text`).join(', ')} FROM "${schema}".${table.name}`);
      for (;;) {
        const page = await client.query({ text: `FETCH ${PAGE} FROM found`, rowMode: 'array' });
        for (const found of page.rows as unknown[][]) yield toRow(columns, found, (kind, value) => fromPostgres(kind, value as string | null));
        if (page.rows.length < PAGE) break;
      }
      await client.query('CLOSE found');
    },
    close: () => client.end(),
  };
}

function toRow(columns: readonly (readonly [string, CellKind])[], found: readonly unknown[], read: (kind: CellKind, value: unknown) => Cell): Row {
  return Object.fromEntries(columns.map(([name, kind], i) => [name, read(kind, found[i])]));
}
