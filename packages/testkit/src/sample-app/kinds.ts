/** What the sample application does, each in one transaction; every worker has rows of its own, so that none waits for another's. */
import type { SeededRandom } from '../seeded-random.ts';
import { nowCell, type Row } from './cells.ts';
import type { Transaction } from './transaction.ts';
import type { World } from './world.ts';

export interface Doing {
  readonly t: Transaction;
  readonly random: SeededRandom;
  readonly worker: number;
  readonly workers: number;
  readonly ballast: number;
}

export interface Kind {
  readonly name: string;
  readonly weight: number;
  /** False where there is nothing to do it to. */
  readonly possible: (world: World) => boolean;
  readonly perform: (doing: Doing) => Promise<void>;
}

/** Beyond these the tables do not grow. */
const MOST_ORDERS = 400;
const MOST_CUSTOMERS = 60;
const MOST_JOURNAL = 500;
const FEWEST_CUSTOMERS = 8;

const some = (table: string) => (world: World): boolean => world.rows(table).size > 0;

function one({ t, random }: Doing, table: string): Row {
  const rows = t.world.rows(table);
  return rows.at(random.integer(0, rows.size - 1));
}

const money = (random: SeededRandom): string => String(random.integer(-99_999, 999_999) / 100);
/** Most of them need all digits that a double has. */
const seventeenDigits = (random: SeededRandom): string => String(random.integer(1, 999_999) / 7);
const day = (random: SeededRandom): string => `${random.integer(1971, 2037)}-${String(random.integer(1, 12)).padStart(2, '0')}-${String(random.integer(1, 28)).padStart(2, '0')}`;
const text = (random: SeededRandom): string => random.pick(['', 'plain', 'é€😀', "o'clock\\t\n", ' blanks ', '\\N', 'x'.repeat(300)]) + random.bytes(2).toString('hex');
const blob = (random: SeededRandom): string => random.bytes(random.integer(0, 40)).toString('hex');
const int64 = (random: SeededRandom): string => String(BigInt.asIntN(64, BigInt(`0x${random.bytes(8).toString('hex')}`)));
const lineRow = (order: string, line: number, random: SeededRandom): Row => ({ order_id: order, line: String(line), product: text(random), quantity: String(random.integer(1, 99)), price: money(random), digest: random.oneIn(4) ? null : blob(random) });

async function newOrder({ t, random, ...doing }: Doing): Promise<void> {
  const customer = one({ t, random, ...doing }, 'customers');
  const order = await t.insertNumbered('orders', { customer_id: customer['id'] as string, placed_on: day(random), note: random.oneIn(3) ? null : text(random), total: money(random), paid: random.pick([null, '0', '1']) });
  const lines = random.integer(1, 4);
  for (let line = 1; line <= lines; line++) await t.insert('order_lines', lineRow(order, line, random));
  await t.update('customers', customer, { balance: money(random) });
}

const linesOf = (world: World, order: Row): [string, Row][] => world.rows('order_lines').where('order_id', order['id']).map((row) => ['order_lines', row]);

async function removeCustomer(doing: Doing): Promise<void> {
  const { t } = doing;
  const customer = one(doing, 'customers');
  const orders = t.world.rows('orders').where('customer_id', customer['id']);
  await t.remove('customers', customer, orders.flatMap((order): [string, Row][] => [...linesOf(t.world, order), ['orders', order]]));
}

async function changeLines(doing: Doing): Promise<void> {
  const { t, random } = doing;
  const order = one(doing, 'orders');
  const lines = linesOf(t.world, order).map(([, row]) => row);
  const [first, second] = lines;
  if (first !== undefined) await t.update('order_lines', first, { quantity: String(random.integer(1, 99)), product: text(random) });
  if (second !== undefined) await t.remove('order_lines', second);
  const highest = Math.max(0, ...lines.map((row) => Number(row['line'])));
  await t.insert('order_lines', lineRow(order['id'] as string, highest + 1, random));
}

/** A row's key becomes another: on the follower's side one is gone and one has come. */
async function renumberLine(doing: Doing): Promise<void> {
  const line = one(doing, 'order_lines');
  await doing.t.update('order_lines', line, { line: String(1_000_000 + doing.t.n) });
}

async function replaceStock(doing: Doing): Promise<void> {
  const { t, random, worker } = doing;
  const sku = random.oneIn(3) ? `w${worker}-sku-${random.integer(1, 30)}` : (one(doing, 'stock')['sku'] as string);
  const slot = String(random.integer(0, 30));
  const removed = [...t.world.rows('stock').values()].filter((row) => row['sku'] === sku || (row['place'] === String(worker) && row['slot'] === slot));
  await t.replace('stock', { sku, place: String(worker), slot, amount: String(random.integer(0, 9)), serial: int64(random) }, removed);
}

/** Two rows exchange a unique value, by way of one that nobody has. */
async function swapSlots(doing: Doing): Promise<void> {
  const { t } = doing;
  const a = one(doing, 'stock');
  const b = one(doing, 'stock');
  if (a === b) return;
  const parked = await t.update('stock', a, { place: String(-1 - t.n) });
  await t.update('stock', b, { place: a['place'] as string, slot: a['slot'] as string });
  await t.update('stock', parked, { place: b['place'] as string, slot: b['slot'] as string });
}

async function touchArchive({ t, random, worker, workers, ballast }: Doing): Promise<void> {
  const own = Math.floor((ballast - worker - 1) / workers) + 1;
  for (let i = random.integer(1, 3), seen = new Set<number>(); i > 0; i--) {
    const id = worker + 1 + workers * random.integer(0, own - 1);
    if (seen.has(id)) continue;
    seen.add(id);
    const row = t.world.archived(id);
    await t.update('archive', row, { hits: String(Number(row['hits']) + 1), weight: seventeenDigits(random) });
  }
}

export function kindsFor(ballast: number, workers: number): Kind[] {
  const kind = (name: string, weight: number, possible: Kind['possible'], perform: Kind['perform']): Kind => ({ name, weight, possible, perform });
  return [
    kind('new order', 8, (w) => w.rows('orders').size < MOST_ORDERS && w.rows('customers').size > 0, newOrder),
    kind('pay order', 6, some('orders'), async (d) => void (await d.t.update('orders', one(d, 'orders'), { paid: d.random.pick(['0', '1']), total: money(d.random) }))),
    kind('change lines', 5, some('orders'), changeLines),
    kind('renumber line', 2, some('order_lines'), renumberLine),
    kind('cancel order', 4, some('orders'), async (d) => {
      const order = one(d, 'orders');
      await d.t.remove('orders', order, linesOf(d.t.world, order));
    }),
    kind('new customer', 3, (w) => w.rows('customers').size < MOST_CUSTOMERS, async (d) => void (await d.t.insertNumbered('customers', { email: `n${d.t.n}@example.org`, name: text(d.random), active: d.random.pick(['0', '1']), balance: money(d.random), created_at: nowCell() }))),
    kind('change customer', 3, some('customers'), async (d) => void (await d.t.update('customers', one(d, 'customers'), { email: `m${d.t.n}@example.org`, active: d.random.pick(['0', '1']) }))),
    kind('remove customer', 1, (w) => w.rows('customers').size > FEWEST_CUSTOMERS, removeCustomer),
    kind('replace stock', 5, some('stock'), replaceStock),
    kind('swap slots', 3, some('stock'), swapSlots),
    kind('change setting', 3, () => true, async (d) => d.t.upsert('settings', { name: `w${d.worker}-setting-${d.random.integer(0, 40)}`, value: d.random.oneIn(5) ? null : text(d.random) })),
    kind('note in journal', 4, (w) => w.rows('journal').size < MOST_JOURNAL, async (d) => d.t.insert('journal', { ref: String(d.t.n), at: nowCell(), what: text(d.random), amount: d.random.oneIn(3) ? null : money(d.random), payload: d.random.oneIn(3) ? null : blob(d.random) })),
    kind('change journal', 2, some('journal'), async (d) => void (await d.t.update('journal', one(d, 'journal'), { what: text(d.random), amount: money(d.random) }))),
    kind('strike from journal', 2, some('journal'), async (d) => d.t.remove('journal', one(d, 'journal'))),
    kind('touch archive', ballast >= workers ? 6 : 0, () => true, touchArchive),
  ];
}

export function choose(kinds: readonly Kind[], world: World, random: SeededRandom): Kind {
  const possible = kinds.filter((k) => k.weight > 0 && k.possible(world));
  let at = random.integer(1, possible.reduce((sum, k) => sum + k.weight, 0));
  return possible.find((k) => (at -= k.weight) <= 0) as Kind;
}
