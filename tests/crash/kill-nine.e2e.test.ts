/** kill −9 of the services at random moments, and of the command itself: the result is equal and complete. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import Database from 'better-sqlite3';
import pg from 'pg';

const ROWS = 120_000;
const seed = Number(process.env.CAUSEWAY_TEST_SEED ?? Date.now() % 1_000_000);

let bench: Bench;
let file: string;
beforeEach(async () => {
  bench = await openBench('crash');
  file = join(bench.folder, 'big.sqlite');
  const db = new Database(file);
  // A keyed table, one without a key whose rows repeat, and values larger than a message.
  db.exec(`create table keyed (id integer primary key, s text, at datetime); create table keyless (a integer, b text); create table large (k text primary key, v blob);
    with recursive i(x) as (select 1 union all select x + 1 from i where x < ${ROWS}) insert into keyed select x, hex(x * 7919), '2024-01-01 00:00:00.' || printf('%06d', x) from i;
    with recursive i(x) as (select 1 union all select x + 1 from i where x < ${ROWS}) insert into keyless select x % 97, 'again' from i;
    insert into large values ('a', randomblob(3000000)), ('b', randomblob(1)), ('c', randomblob(2000000));`);
  db.close();
});
afterEach(() => bench.close());

/** Small, seeded and good enough to spread a handful of kills. */
function random(state: { value: number }): number {
  state.value = (state.value * 1_103_515_245 + 12_345) % 2_147_483_648;
  return state.value / 2_147_483_648;
}

function servicesOf(command: number): { pid: number; name: string }[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const m = /^\s*(\d+)\s+(\d+)\s+.*services\/(\w+)\/dist\/main\.js/.exec(line);
    return m !== null && Number(m[2]) === command ? [{ pid: Number(m[1]), name: m[3] as string }] : [];
  });
}

/** The services of a command, as soon as it has started them: on a busy machine that takes seconds. */
async function startedServices(command: number): Promise<{ pid: number; name: string }[]> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    const alive = servicesOf(command);
    if (alive.length >= 2) return alive;
  }
  throw new Error('the command has started no services');
}

async function counts(): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: bench.database.url });
  await client.connect();
  const row = (await client.query('select (select count(*) from keyed) keyed, (select count(distinct id) from keyed) ids, (select count(*) from keyless) keyless, (select sum(a) from keyless) suma, (select sum(length(v)) from large) bytes')).rows[0];
  await client.end();
  return row;
}

const EXPECTED = { keyed: String(ROWS), ids: String(ROWS), keyless: String(ROWS), bytes: '5000001' };

// Invariant: I1, I2
test(`services killed at random moments (seed ${seed})`, async () => {
  const state = { value: seed };
  const { child, done } = bench.start(['migrate', file, '--json']);
  let killed = 0;
  await startedServices(child.pid as number);
  while (child.exitCode === null && killed < 6) {
    await sleep(200 + random(state) * 700);
    const alive = servicesOf(child.pid as number).filter((s) => s.name !== 'validator');
    const victim = alive[Math.floor(random(state) * alive.length)];
    if (victim === undefined) continue;
    try {
      process.kill(victim.pid, 'SIGKILL');
      killed++;
    } catch {
      // It had just ended by itself.
    }
  }
  const result = await done;
  expect(killed).toBeGreaterThan(1);
  // The whole outcome, so that a failure names the table.
  expect(result.outcome).toMatchObject({ verdict: 'equal' });
  expect(await counts()).toMatchObject(EXPECTED);
}, 180_000);

// Invariant: I20
test('the command killed with -9: no service outlives it, and the same command finishes the work', async () => {
  const first = bench.start(['migrate', file, '--json']);
  const before = await startedServices(first.child.pid as number);
  await sleep(1_000);
  first.child.kill('SIGKILL');
  await first.done;
  const deadline = Date.now() + 15_000;
  const alive = (): boolean => before.some(({ pid }) => { try { process.kill(pid, 0); return true; } catch { return false; } });
  while (alive() && Date.now() < deadline) await sleep(100);
  expect(before.length).toBeGreaterThan(0);
  expect(alive()).toBe(false);
  const second = await bench.run(['migrate', file, '--json']);
  expect(second.outcome.verdict).toBe('equal');
  expect(await counts()).toMatchObject(EXPECTED);
}, 180_000);

test('Ctrl-C ends with 130 and is resumed', async () => {
  const first = bench.start(['migrate', file, '--json']);
  await startedServices(first.child.pid as number);
  await sleep(1_000);
  first.child.kill('SIGINT');
  const stopped = await first.done;
  expect(stopped.code).toBe(130);
  const second = await bench.run(['migrate', file, '--json']);
  expect(second.outcome.verdict).toBe('equal');
  expect(await counts()).toMatchObject(EXPECTED);
}, 180_000);
