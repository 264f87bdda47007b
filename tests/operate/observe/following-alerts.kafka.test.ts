/** Alerts of a migration that follows: each is made to fire by its cause, and ends with it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { expectAlert } from './expect-alert.ts';
import { ObservedStack } from './observed-stack.ts';

let stack: ObservedStack;

/** As the application: it knows nothing of causeway. */
function inSqlite(work: (db: Database.Database) => void): void {
  const db = new Database(stack.shop.file, { timeout: 20_000 });
  try {
    work(db);
  } finally {
    db.close();
  }
}

beforeAll(async () => {
  stack = await ObservedStack.start({ timeScale: 1 / 15, orders: 500, perSecond: 10 });
  inSqlite((db) => db.exec('CREATE TABLE filler (id INTEGER PRIMARY KEY, note TEXT)'));
  stack.shop.write();
  await stack.follow({ CAUSEWAY_STUCK_AFTER_SECONDS: '20' });
}, 300_000);
afterAll(() => stack?.close());

test('a row that is changed behind the fence: CausewayMismatch, until it is repaired', async () => {
  const intruder = await stack.connect();
  await intruder.query("SET session_replication_role = replica; UPDATE customers SET name = 'somebody else' WHERE id = 7");
  await intruder.end();
  await expectAlert(stack.prometheus, 'CausewayMismatch');
  expect((await stack.bench.run(['repair'])).code).toBe(0);
  await stack.prometheus.untilSilent('CausewayMismatch');
}, 400_000);

test('a row that PostgreSQL cannot hold: CausewayQuarantine, until it is corrected', async () => {
  inSqlite((db) => db.exec("INSERT INTO filler VALUES (1, 'a' || char(0) || 'b')"));
  await expectAlert(stack.prometheus, 'CausewayQuarantine');
  inSqlite((db) => db.exec("UPDATE filler SET note = 'ab' WHERE id = 1"));
  await stack.prometheus.untilSilent('CausewayQuarantine');
}, 400_000);

test('brokers that hang: CausewayCaptureStalled, until they answer', async () => {
  const hanging = stack.kafka.pause(60_000);
  await stack.prometheus.until('causeway_service_ready{service="extractor"} == 0');
  await expectAlert(stack.prometheus, 'CausewayCaptureStalled');
  await hanging;
  await stack.prometheus.untilSilent('CausewayCaptureStalled');
  await stack.prometheus.until('causeway_service_ready{service="extractor"} == 1');
}, 400_000);

test('somebody locks our tables: CausewayServiceStuck, until he lets go; waiting alone is none', async () => {
  const locker = await stack.connect();
  await locker.query('BEGIN; LOCK TABLE causeway.service IN ACCESS EXCLUSIVE MODE');
  await expectAlert(stack.prometheus, 'CausewayServiceStuck');
  expect(await stack.prometheus.firing('CausewayTargetUnreachable')).toBeUndefined();
  await locker.query('COMMIT');
  await locker.end();
  await stack.prometheus.untilSilent('CausewayServiceStuck');
}, 400_000);

test('PostgreSQL refuses: CausewayTargetUnreachable and PostgresDown, until it is back, and nothing is lost', async () => {
  stack.setReachable(false);
  await expectAlert(stack.prometheus, 'CausewayTargetUnreachable');
  await expectAlert(stack.prometheus, 'PostgresDown');
  expect(stack.shop.commandRuns).toBe(true);
  stack.setReachable(true);
  await stack.prometheus.untilSilent('CausewayTargetUnreachable');
  await stack.prometheus.untilSilent('PostgresDown');
}, 400_000);

test('the validator stops: CausewayValidatorStale, until it goes on', async () => {
  stack.signal('validator', 'SIGSTOP');
  await expectAlert(stack.prometheus, 'CausewayValidatorStale');
  stack.signal('validator', 'SIGCONT');
  await stack.prometheus.untilSilent('CausewayValidatorStale');
}, 400_000);

test('the loader stops: CausewayServiceDown, then CausewayLagHigh, then CausewayChangeLogGrowth; then it catches up', async () => {
  await stack.shop.stopWriting();
  stack.signal('loader', 'SIGSTOP');
  inSqlite((db) => db.exec("WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 520000) INSERT INTO filler SELECT i, 'x' FROM n"));
  await expectAlert(stack.prometheus, 'CausewayServiceDown', { service: 'loader' });
  await expectAlert(stack.prometheus, 'CausewayLagHigh');
  await expectAlert(stack.prometheus, 'CausewayChangeLogGrowth');
  stack.signal('loader', 'SIGCONT');
  for (const name of ['CausewayServiceDown', 'CausewayLagHigh', 'CausewayChangeLogGrowth']) await stack.prometheus.untilSilent(name, 600_000);
}, 1_500_000);

test('a trigger of the capture is dropped while the extractor hangs: CausewayCaptureLost', async () => {
  stack.signal('extractor', 'SIGSTOP');
  await sleep(1_000);
  inSqlite((db) => {
    const trigger = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'customers' AND name LIKE '\\_causeway\\_%' ESCAPE '\\' LIMIT 1").pluck().get() as string;
    db.exec(`DROP TRIGGER "${trigger}"`);
  });
  await expectAlert(stack.prometheus, 'CausewayCaptureLost');
}, 400_000);
