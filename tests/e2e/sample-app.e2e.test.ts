/** The sample application, killed on either side, agrees with its ledger; and the comparer finds what is planted behind its back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { compareLedger, type LedgerVerdict } from '@causeway/testkit/sample-app/compare/compare-ledger';
import { writePrimary } from '@causeway/testkit/sample-app/primary-file';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import Database from 'better-sqlite3';

const MAIN = resolve(import.meta.dirname, '../../packages/testkit/dist/sample-app/main.js');

let bench: Bench;
let file: string;
let ledger: string;
let primary: string;
beforeEach(async () => {
  bench = await openBench('sample-app');
  [file, ledger, primary] = [join(bench.folder, 'app.sqlite'), join(bench.folder, 'ledger'), join(bench.folder, 'primary')];
  writePrimary(primary, 'sqlite');
});
afterEach(() => bench.close());

/** Writes for a while; answers how it ended. */
async function write(signal: NodeJS.Signals, ...more: string[]): Promise<number | null> {
  const child: ChildProcess = spawn(process.execPath, [MAIN, '--sqlite', file, '--ledger', ledger, '--primary', primary, '--ballast', '300', ...more], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  await Promise.race([once(child, 'message'), ended]);
  await sleep(700);
  child.kill(signal);
  return (await ended)[0];
}

const problems = (verdict: LedgerVerdict): unknown => verdict.sides.map(({ side, lost, doubled, different }) => ({ side, lost, doubled, different }));

test('killed and started again on SQLite, then on PostgreSQL', async () => {
  expect(await write('SIGKILL', '--make')).toBeNull();
  expect(await write('SIGTERM')).toBe(0);
  const first = await compareLedger({ ledger, sqlite: file });
  expect(first).toMatchObject({ equal: true, anomalies: [] });
  expect(first.acknowledged).toBeGreaterThan(100);
  expect((await bench.run(['migrate', file, '--quiet', '--json'])).outcome.verdict).toBe('equal');
  writePrimary(primary, bench.database.url);
  expect(await write('SIGKILL')).toBeNull();
  expect(await write('SIGTERM')).toBe(0);
  const second = await compareLedger({ ledger, postgres: bench.database.url });
  expect(second).toMatchObject({ equal: true, anomalies: [] });
  expect(second.acknowledged).toBeGreaterThan(first.acknowledged + 50);
}, 120_000);

test('what is lost, set back, doubled or changed behind its back is counted as that', async () => {
  expect(await write('SIGTERM', '--make')).toBe(0);
  const db = new Database(file);
  db.exec(`DELETE FROM archive WHERE id = 299; DELETE FROM writes WHERE n = (SELECT max(n) FROM writes);
    UPDATE customers SET version = version - 1 WHERE id = (SELECT max(id) FROM customers WHERE version > 0);
    INSERT INTO journal SELECT * FROM journal LIMIT 1; INSERT INTO settings VALUES ('phantom', '', 1);
    UPDATE stock SET amount = amount + 1 WHERE id = (SELECT min(id) FROM stock)`);
  db.close();
  const verdict = await compareLedger({ ledger, sqlite: file });
  expect(verdict.equal).toBe(false);
  expect(problems(verdict)).toEqual([{ side: 'sqlite', lost: 3, doubled: 2, different: 1 }]);
}, 60_000);

test('an application that is set back finds out by itself', async () => {
  expect(await write('SIGTERM', '--make')).toBe(0);
  const db = new Database(file);
  db.exec('UPDATE customers SET version = version - 1; UPDATE stock SET version = version - 1');
  db.close();
  // It gives up after some of them.
  await write('SIGTERM');
  const { anomalies } = await compareLedger({ ledger, sqlite: file });
  expect(anomalies.length).toBeGreaterThan(0);
  expect(anomalies[0]).toMatch(/0 rows instead of 1: (UPDATE|DELETE)/);
}, 60_000);

test('a write of unknown outcome is all there or not at all', async () => {
  expect(await write('SIGTERM', '--make')).toBe(0);
  appendFileSync(ledger, `${JSON.stringify({ i: 10_000_001, w: 0, p: 'sqlite', k: 'test', o: [['writes', '["10000001"]', ['10000001', 'test', '2024-01-01 00:00:00.000000']], ['settings', '["w0-new"]', ['w0-new', null, '10000001']]] })}\n`);
  expect(await compareLedger({ ledger, sqlite: file })).toMatchObject({ equal: true, unknown: 1 });
  const db = new Database(file);
  db.exec("INSERT INTO writes VALUES (10000001, 'test', '2024-01-01 00:00:00')");
  expect(problems(await compareLedger({ ledger, sqlite: file }))).toMatchObject([{ lost: 1, doubled: 0 }]);
  db.exec("INSERT INTO settings VALUES ('w0-new', NULL, 10000001)");
  db.close();
  expect(await compareLedger({ ledger, sqlite: file })).toMatchObject({ equal: true, unknown: 1 });
}, 60_000);
