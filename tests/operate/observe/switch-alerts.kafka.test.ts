/** Alerts of the switch and of the way back: each is made to fire by its cause. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { expectAlert } from './expect-alert.ts';
import { ObservedStack } from './observed-stack.ts';

let stack: ObservedStack;
beforeAll(async () => {
  stack = await ObservedStack.start({ timeScale: 1 / 15, orders: 300, perSecond: 5 });
  stack.shop.write();
  await stack.follow();
}, 300_000);
afterAll(() => stack?.close());

test('a cutover whose comparison hangs: CausewayFenceHeld, until one side is open', async () => {
  const cutover = stack.bench.start(['cutover', '--json', '--ready-within', '120', '--deadline', '90', '--on-switch', `printf %s "$CAUSEWAY_PRIMARY" > '${stack.shop.primaryFile}'`]);
  await stack.shop.untilPhase('switching');
  stack.signal('validator', 'SIGSTOP');
  await expectAlert(stack.prometheus, 'CausewayFenceHeld');
  stack.signal('validator', 'SIGCONT');
  await cutover.done;
  await stack.prometheus.untilSilent('CausewayFenceHeld');
  if ((await stack.shop.phase()) !== 'switched') await stack.shop.switched('cutover');
  expect(await stack.shop.phase()).toBe('switched');
}, 600_000);

test('somebody takes the fence of a table in SQLite away: CausewayFencePassed', async () => {
  if ((await stack.shop.phase()) !== 'switched') await stack.shop.switched('cutover');
  const db = new Database(stack.shop.file, { timeout: 20_000 });
  const fence = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'marks' AND name LIKE '\\_causeway\\_fence%' ESCAPE '\\' LIMIT 1").pluck().get() as string;
  db.exec(`DROP TRIGGER "${fence}"`);
  db.close();
  await expectAlert(stack.prometheus, 'CausewayFencePassed');
}, 400_000);

test('brokers that hang behind the switch: CausewayWayBackLag, until they answer', async () => {
  const hanging = stack.kafka.pause(110_000);
  await expectAlert(stack.prometheus, 'CausewayWayBackLag');
  await hanging;
  await stack.prometheus.untilSilent('CausewayWayBackLag', 180_000);
}, 600_000);

test('a trigger of the way back is dropped: CausewayWayBackBroken, and putting it back does not make it whole', async () => {
  expect(await stack.prometheus.firing('CausewayWayBackBroken')).toBeUndefined();
  const owner = await stack.connect();
  const { definition } = (await owner.query("SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger WHERE tgname = '_causeway_back' AND tgrelid = 'customers'::regclass")).rows[0];
  await owner.query('DROP TRIGGER _causeway_back ON customers');
  await expectAlert(stack.prometheus, 'CausewayWayBackBroken');
  await owner.query(definition);
  await owner.end();
  await sleep(5_000);
  expect(await stack.prometheus.firing('CausewayWayBackBroken')).toBeDefined();
}, 400_000);
