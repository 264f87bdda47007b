/**
 * The sample application's schema: keys of several kinds, foreign keys with cascades, two unique constraints on one table,
 * a table without a key, and one WITHOUT ROWID. `archive` is ballast of any size, of which single rows are touched.
 */
export type CellKind = 'integer' | 'real' | 'text' | 'blob' | 'boolean' | 'date' | 'datetime';

export interface AppTable {
  readonly name: string;
  /** What names a row in the ledger. In `journal` no constraint says so: a doubled row is one that the schema would allow. */
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, CellKind>>;
}

const table = (name: string, key: readonly string[], columns: AppTable['columns']): AppTable => ({ name, key, columns });

export const TABLES: readonly AppTable[] = [
  table('writes', ['n'], { n: 'integer', kind: 'text', at: 'datetime' }),
  table('customers', ['id'], { id: 'integer', email: 'text', name: 'text', active: 'boolean', balance: 'real', created_at: 'datetime', version: 'integer' }),
  table('orders', ['id'], { id: 'integer', customer_id: 'integer', placed_on: 'date', note: 'text', total: 'real', paid: 'boolean', version: 'integer' }),
  table('order_lines', ['order_id', 'line'], { order_id: 'integer', line: 'integer', product: 'text', quantity: 'integer', price: 'real', digest: 'blob', version: 'integer' }),
  table('stock', ['id'], { id: 'integer', sku: 'text', place: 'integer', slot: 'integer', amount: 'integer', serial: 'integer', version: 'integer' }),
  table('settings', ['name'], { name: 'text', value: 'text', version: 'integer' }),
  table('journal', ['ref'], { ref: 'integer', at: 'datetime', what: 'text', amount: 'real', payload: 'blob' }),
  table('archive', ['id'], { id: 'integer', title: 'text', weight: 'real', hits: 'integer', version: 'integer' }),
];

const BY_NAME = new Map(TABLES.map((t) => [t.name, t]));

export function appTable(name: string): AppTable {
  const found = BY_NAME.get(name);
  if (found === undefined) throw new Error(`the sample application has no table ${name}`);
  return found;
}

export const SCHEMA = `
CREATE TABLE writes (n INTEGER PRIMARY KEY, kind TEXT NOT NULL, at DATETIME NOT NULL);
CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, active BOOLEAN NOT NULL, balance REAL NOT NULL, created_at DATETIME NOT NULL, version INTEGER NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE, placed_on DATE NOT NULL, note TEXT, total REAL NOT NULL, paid BOOLEAN, version INTEGER NOT NULL);
CREATE INDEX orders_of_customer ON orders (customer_id);
CREATE TABLE order_lines (order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE, line INTEGER NOT NULL, product TEXT NOT NULL, quantity INTEGER NOT NULL, price REAL NOT NULL, digest BLOB, version INTEGER NOT NULL, PRIMARY KEY (order_id, line)) WITHOUT ROWID;
CREATE TABLE stock (id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, place INTEGER NOT NULL, slot INTEGER NOT NULL, amount INTEGER NOT NULL, serial INTEGER NOT NULL, version INTEGER NOT NULL, UNIQUE (place, slot));
CREATE TABLE settings (name TEXT PRIMARY KEY NOT NULL, value TEXT, version INTEGER NOT NULL);
CREATE TABLE journal (ref INTEGER NOT NULL, at DATETIME NOT NULL, what TEXT NOT NULL, amount REAL, payload BLOB);
CREATE INDEX journal_ref ON journal (ref);
CREATE TABLE archive (id INTEGER PRIMARY KEY, title TEXT NOT NULL, weight REAL NOT NULL, hits INTEGER NOT NULL, version INTEGER NOT NULL);
`;
