/** Compares what the ledger knows with what a database holds, row by row, with a reading of its own. */
import Database from 'better-sqlite3';
import pg from 'pg';
import { readLedger } from './shop-ledger.ts';
import { COLUMNS, keyOf, type Row, SHOP_TABLES, type ShopTable, type Value } from './shop-schema.ts';

export interface LedgerComparison {
  readonly rows: number;
  /** Rows of the ledger that the database lacks. */
  readonly lost: number;
  /** Rows that the database has and the ledger does not, or more than once. */
  readonly doubled: number;
  readonly different: number;
  /** A few keys of each, for a person. */
  readonly examples: readonly string[];
}

type ReadTable = (table: ShopTable, columns: readonly string[]) => Promise<Row[]>;

export async function compareSqlite(ledgerFile: string, file: string): Promise<LedgerComparison> {
  const db = new Database(file, { readonly: true });
  try {
    db.exec('BEGIN');
    return await compare(ledgerFile, async (table, columns) => db.prepare(`SELECT ${columns.join(', ')} FROM ${table}`).all() as Row[]);
  } finally {
    db.close();
  }
}

export async function comparePostgres(ledgerFile: string, url: string, schema: string): Promise<LedgerComparison> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("SELECT set_config('search_path', quote_ident($1), false)", [schema]);
  client.setTypeParser(20, Number);
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await compare(ledgerFile, async (table, columns) => (await client.query(`SELECT ${columns.join(', ')} FROM ${table}`)).rows as Row[]);
  } finally {
    await client.end();
  }
}

async function compare(ledgerFile: string, read: ReadTable): Promise<LedgerComparison> {
  const { state } = readLedger(ledgerFile);
  const out = { rows: 0, lost: 0, doubled: 0, different: 0, examples: [] as string[] };
  const say = (what: string, table: ShopTable, key: string): void => {
    if (out.examples.length < 10) out.examples.push(`${what} ${table} ${key}`);
  };
  for (const table of SHOP_TABLES) {
    const seen = new Set<string>();
    for (const row of await read(table, COLUMNS[table])) {
      const key = keyOf(table, row);
      const known = state.tables[table].get(key);
      out.rows++;
      if (known === undefined || seen.has(key)) {
        out.doubled++;
        say('doubled', table, key);
      } else if (COLUMNS[table].some((column) => plain(known[column]) !== plain(row[column]))) {
        out.different++;
        say('different', table, key);
      }
      seen.add(key);
    }
    for (const key of state.tables[table].keys()) {
      if (seen.has(key)) continue;
      out.lost++;
      say('lost', table, key);
    }
  }
  return out;
}

const plain = (value: Value | undefined): number | string | null => (typeof value === 'boolean' ? Number(value) : (value ?? null));
