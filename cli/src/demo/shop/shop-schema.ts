/** The sample application's own tables, as its framework would have made them in SQLite. */
export const SHOP_SCHEMA = `
CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, v INTEGER NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE, code TEXT NOT NULL UNIQUE, total REAL, paid BOOLEAN NOT NULL, note TEXT, v INTEGER NOT NULL);
CREATE TABLE order_lines (order_id INTEGER NOT NULL REFERENCES orders(id) ON DELETE CASCADE, line INTEGER NOT NULL, sku TEXT NOT NULL, qty INTEGER NOT NULL, v INTEGER NOT NULL, PRIMARY KEY (order_id, line)) WITHOUT ROWID;
CREATE TABLE profiles (id INTEGER PRIMARY KEY, handle TEXT NOT NULL UNIQUE, bio TEXT, v INTEGER NOT NULL);
CREATE TABLE stock (sku TEXT NOT NULL PRIMARY KEY, qty INTEGER NOT NULL, v INTEGER NOT NULL);
CREATE TABLE events (what TEXT NOT NULL, n INTEGER NOT NULL);
CREATE TABLE marks (app TEXT NOT NULL PRIMARY KEY, n INTEGER NOT NULL);
CREATE INDEX orders_customer ON orders (customer_id);
`;

export type Value = number | string | boolean | null;
export type Row = Readonly<Record<string, Value>>;
export type ShopTable = 'customers' | 'orders' | 'order_lines' | 'profiles' | 'stock' | 'events' | 'marks';

/** Columns that name a row of the ledger; of `events`, which has no key, its text, which the application never repeats. */
export const KEYS: Readonly<Record<ShopTable, readonly string[]>> = { customers: ['id'], orders: ['id'], order_lines: ['order_id', 'line'], profiles: ['id'], stock: ['sku'], events: ['what'], marks: ['app'] };
export const COLUMNS: Readonly<Record<ShopTable, readonly string[]>> = {
  customers: ['id', 'email', 'name', 'v'],
  orders: ['id', 'customer_id', 'code', 'total', 'paid', 'note', 'v'],
  order_lines: ['order_id', 'line', 'sku', 'qty', 'v'],
  profiles: ['id', 'handle', 'bio', 'v'],
  stock: ['sku', 'qty', 'v'],
  events: ['what', 'n'],
  marks: ['app', 'n'],
};
export const SHOP_TABLES = Object.keys(KEYS) as ShopTable[];

export function keyOf(table: ShopTable, row: Row): string {
  return JSON.stringify(KEYS[table].map((name) => row[name]));
}
