/** A large table is planned from a sample; a row that contradicts it makes the plan anew, and is not quarantined for it. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import Database from 'better-sqlite3';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench('speculative');
});
afterEach(() => bench.close());

const ROWS = 60_000;
/** Between the chunks that a sample of this many rows is made of. */
const SURPRISE = 33_333;

// Invariant: I22
test('one value that does not fit what the sample had shown begins a second generation, and every row arrives', async () => {
  const file = join(bench.folder, 'sampled.sqlite');
  const db = new Database(file);
  db.exec(`create table payment (id integer primary key, amount decimal(6,2), at datetime);
    with recursive i(x) as (select 1 union all select x + 1 from i where x < ${ROWS}) insert into payment select x, (x % 100000) / 100.0, '2024-01-01 00:00:00' from i;
    update payment set amount = 123456789.125 where id = ${SURPRISE};`);
  db.close();
  const run = await bench.run(['migrate', file, '--json']);
  expect({ code: run.code, verdict: run.outcome.verdict }).toEqual({ code: 0, verdict: 'equal' });
  expect(run.outcome.tables).toEqual([expect.objectContaining({ sourceRows: ROWS, targetRows: ROWS, quarantinedRows: 0, equal: true })]);
  const status = await bench.run(['status', '--json']);
  expect(JSON.parse(status.stdout).migrations).toEqual([expect.objectContaining({ generation: 2, phase: 'completed' })]);
}, 120_000);
