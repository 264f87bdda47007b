/** A source that another process writes while it is being moved: the target is one state that it really had. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import Database from 'better-sqlite3';
import pg from 'pg';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench('written');
});
afterEach(() => bench.close());

// Invariant: I13
test.each(['delete', 'wal'])('journal mode %s: a pair of tables that changes together is never torn', async (mode) => {
  const file = join(bench.folder, 'live.sqlite');
  const db = new Database(file);
  db.pragma(`journal_mode = ${mode}`);
  db.exec(`create table a (id integer primary key, v integer, pad text); create table b (id integer primary key, v integer, pad text);
    with recursive i(x) as (select 1 union all select x + 1 from i where x < 40000) insert into a select x, 0, hex(zeroblob(60)) from i; insert into b select * from a;`);
  if (mode === 'wal') db.pragma('wal_checkpoint(truncate)');
  let round = 0;
  const write = db.transaction(() => {
    round++;
    db.prepare('update a set v = ?').run(round);
    db.prepare('update b set v = ?').run(round);
  });
  const { child, done } = bench.start(['migrate', file, '--json']);
  while (child.exitCode === null && child.signalCode === null) {
    write();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  const result = await done;
  expect(round).toBeGreaterThan(5);
  expect(result.outcome).toMatchObject({ verdict: 'equal' });
  const client = new pg.Client({ connectionString: bench.database.url });
  await client.connect();
  const rows = (await client.query('select v from a union select v from b')).rows;
  await client.end();
  db.close();
  expect(rows).toHaveLength(1);
}, 180_000);
