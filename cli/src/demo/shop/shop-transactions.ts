/**
 * What the application does all day: orders with their lines, corrections, deletions that cascade, REPLACE by a unique
 * value, upserts, values that swap places. Each says which rows it leaves behind; every changed row counts its version
 * up, so that a change applied twice or not at all shows.
 */
import type { SeededRandom } from '../sample-erp/seeded-random.ts';
import type { ShopTransaction } from './shop-database.ts';
import { gone, put, type Effect, type ShopState } from './shop-state.ts';
import type { Row } from './shop-schema.ts';

export interface ShopContext {
  readonly random: SeededRandom;
  readonly state: ShopState;
  readonly kind: 'sqlite' | 'postgresql';
  /** Number of the transaction; texts that must not repeat hold it. */
  readonly n: number;
}

type Act = (tx: ShopTransaction, context: ShopContext) => Promise<Effect[]>;

const CUSTOMERS = 200;
const PROFILES = 300;
const SKUS = 150;
const version = (row: Row | undefined): number => Number(row?.['v'] ?? 0) + 1;

function some(map: ReadonlyMap<string, Row>, random: SeededRandom): Row | undefined {
  // Keys of a Map cannot be drawn: a short walk from a random place near the newest is enough for an application.
  let left = random.integer(0, Math.min(map.size, 400) - 1);
  for (const row of map.values()) if (left-- <= 0) return row;
  return undefined;
}

const newOrder: Act = async (tx, { random, state, n }) => {
  const customer = some(state.tables.customers, random);
  if (customer === undefined) return newCustomer(tx, { random, state, n, kind: 'sqlite' });
  const total = random.integer(1, 100_000) / 100;
  const order = { customer_id: Number(customer['id']), code: `C-${n}`, total, paid: n % 3 === 0, note: n % 5 === 0 ? null : `note ${n} ü`, v: 1 };
  const [made] = await tx.all('INSERT INTO orders (customer_id, code, total, paid, note, v) VALUES (?, ?, ?, ?, ?, ?) RETURNING id', [order.customer_id, order.code, order.total, order.paid, order.note, order.v]);
  const id = Number(made?.['id']);
  const effects = [put('orders', { id, ...order })];
  for (let line = 1; line <= 1 + (n % 3); line++) {
    const row = { order_id: id, line, sku: `S-${random.integer(1, SKUS)}`, qty: random.integer(1, 9), v: 1 };
    await tx.run('INSERT INTO order_lines (order_id, line, sku, qty, v) VALUES (?, ?, ?, ?, ?)', [row.order_id, row.line, row.sku, row.qty, row.v]);
    effects.push(put('order_lines', row));
  }
  return effects;
};

const newCustomer: Act = async (tx, { random, state, n }) => {
  const id = random.integer(1, CUSTOMERS);
  const known = state.tables.customers.get(JSON.stringify([id]));
  const row = { id, email: `c${id}.${n}@example.org`, name: `customer ${n}`, v: version(known) };
  if (known === undefined) await tx.run('INSERT INTO customers (id, email, name, v) VALUES (?, ?, ?, ?)', [row.id, row.email, row.name, row.v]);
  else await tx.run('UPDATE customers SET email = ?, name = ?, v = v + 1 WHERE id = ?', [row.email, row.name, row.id]);
  return [put('customers', row)];
};

const correctOrder: Act = async (tx, context) => {
  const order = some(context.state.tables.orders, context.random);
  if (order === undefined) return newOrder(tx, context);
  const row = { ...order, total: Number(order['total']) + 1, paid: order['paid'] !== true, v: version(order) };
  await tx.run('UPDATE orders SET total = ?, paid = ?, v = v + 1 WHERE id = ?', [row.total, row.paid, Number(order['id'])]);
  return [put('orders', row)];
};

const deleteOrder: Act = async (tx, context) => {
  const order = some(context.state.tables.orders, context.random);
  if (order === undefined) return newOrder(tx, context);
  await tx.run('DELETE FROM orders WHERE id = ?', [Number(order['id'])]);
  return [gone('orders', order), ...linesOf(context.state, order)];
};

/** With everything that hangs on it. */
const deleteCustomer: Act = async (tx, context) => {
  const customer = some(context.state.tables.customers, context.random);
  if (customer === undefined) return newCustomer(tx, context);
  await tx.run('DELETE FROM customers WHERE id = ?', [Number(customer['id'])]);
  const orders = [...context.state.tables.orders.values()].filter((order) => order['customer_id'] === customer['id']);
  return [gone('customers', customer), ...orders.flatMap((order) => [gone('orders', order), ...linesOf(context.state, order)])];
};

function linesOf(state: ShopState, order: Row): Effect[] {
  const lines = [1, 2, 3].map((line) => state.tables.order_lines.get(JSON.stringify([order['id'], line])));
  return lines.filter((line) => line !== undefined).map((line) => gone('order_lines', line));
}

/** REPLACE removes whoever holds the handle, without a word to DELETE triggers. */
const replaceProfile: Act = async (tx, { random, state, kind, n }) => {
  const row = { id: random.integer(1, PROFILES), handle: `h${random.integer(1, PROFILES)}`, bio: `bio ${n}`, v: 1 };
  const before = state.tables.profiles.get(JSON.stringify([row.id]));
  const other = state.find('profiles', (p) => p['handle'] === row.handle && p['id'] !== row.id);
  const whole = { ...row, v: version(before) };
  if (kind === 'postgresql') await tx.run('DELETE FROM profiles WHERE id = ? OR handle = ?', [whole.id, whole.handle]);
  await tx.run(`INSERT ${kind === 'sqlite' ? 'OR REPLACE ' : ''}INTO profiles (id, handle, bio, v) VALUES (?, ?, ?, ?)`, [whole.id, whole.handle, whole.bio, whole.v]);
  return [...(other === undefined ? [] : [gone('profiles', other)]), put('profiles', whole)];
};

/** Two rows exchange a unique value by way of a third one. */
const swapHandles: Act = async (tx, context) => {
  const { random, state } = context;
  const [a, b] = [some(state.tables.profiles, random), some(state.tables.profiles, random)];
  if (a === undefined || b === undefined || a['id'] === b['id']) return replaceProfile(tx, context);
  await tx.run('UPDATE profiles SET handle = ?, v = v + 1 WHERE id = ?', [`swap ${context.n}`, Number(a['id'])]);
  await tx.run('UPDATE profiles SET handle = ?, v = v + 1 WHERE id = ?', [String(a['handle']), Number(b['id'])]);
  await tx.run('UPDATE profiles SET handle = ? WHERE id = ?', [String(b['handle']), Number(a['id'])]);
  return [put('profiles', { ...a, handle: b['handle'] as string, v: version(a) }), put('profiles', { ...b, handle: a['handle'] as string, v: version(b) })];
};

const count: Act = async (tx, { random, state }) => {
  const sku = `S-${random.integer(1, SKUS)}`;
  const known = state.tables.stock.get(JSON.stringify([sku]));
  await tx.run('INSERT INTO stock (sku, qty, v) VALUES (?, 1, 1) ON CONFLICT (sku) DO UPDATE SET qty = stock.qty + 1, v = stock.v + 1', [sku]);
  return [put('stock', { sku, qty: Number(known?.['qty'] ?? 0) + 1, v: version(known) })];
};

const note: Act = async (tx, { n }) => {
  const row = { what: `event ${n}`, n };
  await tx.run('INSERT INTO events (what, n) VALUES (?, ?)', [row.what, row.n]);
  return [put('events', row)];
};

const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [30, newOrder],
  [6, newCustomer],
  [24, correctOrder],
  [8, deleteOrder],
  [1, deleteCustomer],
  [10, replaceProfile],
  [5, swapHandles],
  [10, count],
  [6, note],
];
const TOTAL = ACTS.reduce((sum, [weight]) => sum + weight, 0);

/** One transaction of the application, and what it leaves behind. */
export async function act(tx: ShopTransaction, context: ShopContext, app: string): Promise<Effect[]> {
  let left = context.random.integer(0, TOTAL - 1);
  const chosen = ACTS.find(([weight]) => (left -= weight) < 0)?.[1] ?? note;
  const effects = await chosen(tx, context);
  await tx.run('INSERT INTO marks (app, n) VALUES (?, ?) ON CONFLICT (app) DO UPDATE SET n = excluded.n', [app, context.n]);
  return [...effects, put('marks', { app, n: context.n })];
}
