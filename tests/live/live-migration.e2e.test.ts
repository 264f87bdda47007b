/** The whole story by the real commands, with an application that writes all the time; its own ledger judges both sides. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import { LiveShop, problems } from '@causeway/testkit/live-shop';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';

let bench: Bench;
let shop: LiveShop;
beforeEach(async () => {
  bench = await openBench('live_story');
  shop = await LiveShop.open(bench, { orders: 500, perSecond: 200, seed: 7 });
});
afterEach(async () => {
  await shop.close();
  await bench.close();
});

const schemaOf = (): unknown[] => {
  const db = new Database(shop.file, { readonly: true });
  try {
    return db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema').all();
  } finally {
    db.close();
  }
};

// Invariant: I81, I82, I83, I84, I87, I88
test('cutover under load, writes in PostgreSQL, rollback, cutover again, complete: nothing is lost or doubled, and nothing is left behind', async () => {
  const before = schemaOf();
  shop.write();
  shop.follow();
  await shop.untilPhase('following');
  for (const [goal, primary] of [['cutover', 'postgresql'], ['rollback', 'sqlite'], ['cutover', 'postgresql']] as const) {
    await sleep(500);
    expect(await shop.switched(goal)).toMatchObject({ authoritative: primary });
    const at = shop.acknowledged;
    await shop.until(async () => shop.acknowledged > at + 100, `writes on ${primary}`);
  }
  const stats = await shop.stopWriting();
  expect(stats).toMatchObject({ on: 'postgresql' });
  await shop.untilStill();
  expect(await shop.compare('sqlite')).toMatchObject({ lost: 0, doubled: 0, different: 0 });
  expect(await shop.compare('postgresql')).toMatchObject({ lost: 0, doubled: 0, different: 0 });
  // Ids that SQLite gave and lost are not given again by PostgreSQL, and the other way round.
  const db = new Database(shop.file, { readonly: true });
  const last = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'orders'").pluck().get() as number;
  db.close();
  expect(Number((await shop.query("SELECT last_value FROM pg_sequences WHERE sequencename LIKE 'orders%'")).rows[0].last_value)).toBeGreaterThanOrEqual(last);
  const done = await bench.run(['complete', '--json']);
  expect(done.stderr).toBe('');
  expect(JSON.parse(done.stdout)).toMatchObject({ schema: 'causeway.live-report/1', divergences: { found: 0, open: 0 }, topicsDeleted: true });
  expect((await shop.followed).code).toBe(0);
  expect(schemaOf()).toEqual(before);
  expect((await shop.query("SELECT nspname FROM pg_namespace WHERE nspname = 'causeway'")).rows).toEqual([]);
  expect((await shop.query('SELECT tgname FROM pg_trigger WHERE NOT tgisinternal')).rows).toEqual([]);
  expect(problems(await shop.compare('postgresql'))).toBe(0);
}, 180_000);

test('without consent nothing is written; a dry run does nothing; detach leaves the source as it was', async () => {
  const before = schemaOf();
  const refused = await bench.run(['migrate', shop.file, '--live']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('CREATE TABLE "_causeway_log"');
  expect(refused.stderr).toContain('give --yes');
  expect(schemaOf()).toEqual(before);
  shop.follow();
  await shop.untilPhase('following');
  const dry = await bench.run(['cutover', '--dry-run', '--json']);
  expect(JSON.parse(dry.stdout)).toMatchObject({ goal: 'cutover', steps: expect.arrayContaining([expect.objectContaining({ step: 'fence', closed: true })]) });
  expect(await shop.phase()).toBe('following');
  const early = await bench.run(['complete']);
  expect([early.code, early.stderr]).toEqual([3, expect.stringContaining('CUTOVER_NOT_READY')]);
  await shop.endFollowing();
  const other = await bench.run(['migrate', shop.file, '--live', '--yes', '--name', 'another', '--target-schema', 'elsewhere']);
  expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('CAPTURE_FOREIGN')]);
  const detached = await bench.run(['detach', shop.file, '--json']);
  expect(JSON.parse(detached.stdout)).toMatchObject({ captureRemoved: true, recordRemoved: true });
  expect(schemaOf()).toEqual(before);
  expect(problems(await shop.compare('postgresql'))).toBe(0);
  expect(problems(await shop.compare('sqlite'))).toBe(0);
}, 120_000);

test('a postponed cutover waits; one whose deadline passes is undone, and the application goes on with SQLite', async () => {
  shop.write();
  shop.follow();
  await shop.untilPhase('following');
  const file = join(bench.folder, 'wait');
  new Database(file).close();
  const held = bench.start(['cutover', '--postpone-file', file]);
  await new Promise<void>((told) => held.child.stderr?.on('data', (chunk: Buffer) => chunk.includes('postponed') && told()));
  await sleep(500);
  expect(await shop.phase()).toBe('following');
  held.child.kill('SIGTERM');
  expect((await held.done).code).toBe(130);
  expect(shop.kill('validator')).toBe(true);
  const late = await bench.run(['cutover', '--deadline', '0']);
  expect(late.code).toBe(3);
  expect(late.stderr).toMatch(/CUTOVER_UNDONE|CUTOVER_NOT_READY/);
  expect(await shop.phase()).toBe('following');
  const at = shop.acknowledged;
  await shop.until(async () => shop.acknowledged > at + 100, 'writes on SQLite');
  expect(await shop.stopWriting()).toMatchObject({ on: 'sqlite' });
  await shop.untilStill();
  expect(problems(await shop.compare('postgresql'))).toBe(0);
}, 120_000);
