/** What the rehearsal's judge must see: a row that is missing, doubled, back again, or other than acknowledged. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import Database from 'better-sqlite3';
import pg from 'pg';
import { judgeLoad } from './judge-load.ts';
import { keyText } from './load/load-key.ts';
import type { LedgerEntry } from './load/load-ledger.ts';
import type { LoadTable } from './load/load-table.ts';

const column = (name: string, type: string): { sqlite: string; postgres: string; type: string } => ({ sqlite: `"${name}"`, postgres: `"${name}"`, type });
const table: LoadTable = { name: 't', sqlite: '"t"', postgres: '"public"."t"', key: [column('k', 'bytea')], cells: [column('v', 'timestamp')], given: [column('k', 'bytea'), column('v', 'timestamp')], deletable: true, rewritable: true, insertable: false, judged: true };
const key = (byte: number): string => keyText([Buffer.from([byte, 0])]);
/** 1 took the value of 9, 2 was deleted, 3 was written. */
const entries: LedgerEntry[] = [
  { table: 0, row: key(1), gone: false, cells: [['"v"', key(9)]] },
  { table: 0, row: key(2), gone: true, cells: [] },
  { table: 0, row: key(3), gone: false, cells: [] },
];

let database: FreshDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await freshDatabase('judge_load');
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const [ONE, TWO, NINE] = ['2024-01-01 00:00:00', '2024-01-02 00:00:00', '2024-01-09 00:00:00'];
const GOOD = [[1, NINE], [3, ONE], [9, NINE]] as const;
type Rows = readonly (readonly [number, string | null])[];

async function judged(here: Rows, there: Rows): Promise<object> {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE t (k BLOB, v TEXT)');
  await client.query('DROP TABLE IF EXISTS t');
  await client.query('CREATE TABLE t (k bytea, v timestamp)');
  for (const [k, v] of here) db.prepare('INSERT INTO t VALUES (?, ?)').run(Buffer.from([k, 0]), v);
  for (const [k, v] of there) await client.query('INSERT INTO t VALUES ($1, $2)', [Buffer.from([k, 0]), v]);
  const { details, ...counts } = await judgeLoad(entries, [table], db, client as unknown as pg.ClientBase);
  db.close();
  expect(details.length).toBe(counts.lost + counts.doubled + counts.different);
  return counts;
}

const fine = { rows: 3, cells: 1, lost: 0, doubled: 0, different: 0, otherForm: 0 };
const without = (k: number): Rows => GOOD.filter(([own]) => own !== k);

test.each<[string, Rows, Rows, object]>([
  ['both sides as acknowledged', GOOD, GOOD, fine],
  ['lost in PostgreSQL', GOOD, without(3), { ...fine, lost: 1 }],
  ['lost in SQLite', without(3), GOOD, { ...fine, lost: 1 }],
  ['doubled', GOOD, [...GOOD, [3, ONE]], { ...fine, doubled: 1 }],
  ['a deleted row is back', GOOD, [...GOOD, [2, TWO]], { ...fine, doubled: 1 }],
  ['an old value', GOOD, [...without(1), [1, ONE]], { ...fine, different: 1 }],
  ['an old value in SQLite', [...without(1), [1, ONE]], GOOD, { ...fine, different: 1 }],
  ['no value in SQLite', [...without(1), [1, null]], GOOD, { ...fine, different: 1 }],
  ['the same value in another form', [...without(1), [1, '2024-01-09T00:00']], GOOD, { ...fine, otherForm: 1 }],
])('%s', async (_, here, there, expected) => {
  expect(await judged(here, there)).toEqual(expected);
});
