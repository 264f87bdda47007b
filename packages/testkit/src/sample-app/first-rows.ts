/** What the sample application's database holds before its first write: the same for the same size, so nobody has to keep it. */
import type { Row } from './cells.ts';

export interface FirstSize {
  readonly workers: number;
  /** Rows of `archive`. */
  readonly ballast: number;
}

const CUSTOMERS = 20;
const FIRST_AT = '2024-02-29 12:00:00.000001';

/** Ballast in a table of its own shape, by its number from 1 on. */
export function archiveRow(id: number): Row {
  return { id: String(id), title: `record ${(id * 7919) % 1_000_003} of the archive`, weight: String(id / 8), hits: '0', version: '0' };
}

/** One worker's rows without the ballast, parents first. */
export function* firstRows(worker: number, { workers }: FirstSize): Generator<[table: string, row: Row]> {
  for (let i = 0; i < CUSTOMERS; i++) {
    const id = String(i * workers + worker + 1);
    yield ['customers', { id, email: `c${id}@first.example`, name: `Customer ${id} é€`, active: '1', balance: '0', created_at: FIRST_AT, version: '0' }];
    yield ['orders', { id, customer_id: id, placed_on: '2024-02-29', note: null, total: '0.1', paid: null, version: '0' }];
    for (const line of ['1', '2']) yield ['order_lines', { order_id: id, line, product: `product ${line}`, quantity: line, price: '0.1', digest: '00ff', version: '0' }];
    yield ['stock', { id, sku: `w${worker}-first-${i}`, place: String(worker), slot: String(i), amount: '5', serial: '-9223372036854775808', version: '0' }];
    yield ['journal', { ref: String(-Number(id)), at: FIRST_AT, what: 'first', amount: null, payload: '' }];
  }
  for (let i = 0; i < 5; i++) yield ['settings', { name: `w${worker}-setting-${i}`, value: '', version: '0' }];
}
