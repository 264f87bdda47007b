/**
 * The controller against a real server and a real SQLite file. The extractor, the loader and the validator are played by a
 * loop that sends the markers, and the file's fence is only its facts: what fences, and what carries, is tested elsewhere.
 */
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type pg from 'pg';
import { insertLive, readLive } from '../live/live-record.ts';
import { ensureControlSchema } from '../record/control-schema.ts';
import { insertMigration, type MigrationRecord } from '../record/migration-record.ts';
import { closeTarget, targetFenceState } from '../target/target-fence.ts';
import type { CutoverWork, SourceSide } from './cutover-sides.ts';
import { type CutoverInput, runCutover } from './run-cutover.ts';
import type { CutoverGoal } from './transition.ts';

const g = { migration: 'm', generation: 1 };
const END = 9n;
const contracts = [{ table: 0, source: 'a', targetSchema: 'public', target: 'a', columns: [{ source: 'id', target: 'id', type: { kind: 'int8' }, form: 'plain', notNull: true }], order: { kind: 'rowid', alias: 'id' }, key: ['id'], keyless: false, speculative: false }] as unknown as readonly TableContract[];
let database: FreshDatabase;
let pool: pg.Pool;
let sqlite: Database.Database;
let touched: string | null;
let broken: ReadonlySet<string>;
let switched: string[];

const fact = (name: string): bigint => (sqlite.prepare('SELECT value FROM s WHERE name = ?').pluck().safeIntegers().get(name) as bigint | undefined) ?? 0n;
const set = (name: string, value: bigint): void => void sqlite.prepare('INSERT INTO s VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value').run(name, value);

const source: SourceSide = {
  fence: () => ({ attempt: fact('fence'), end: fact('fence') === 0n ? null : END }),
  raiseFence: (attempt) => {
    if (attempt > fact('lifted') && attempt >= fact('fence')) set('fence', attempt);
  },
  liftFence: (attempt) => {
    if (fact('fence') !== attempt) return;
    set('fence', 0n);
    set('lifted', attempt);
  },
  touched: () => touched,
  backMarker: () => fact('back_marker'),
};

/** The services: markers travel as long as the part that carries them is not broken. */
async function carry(): Promise<void> {
  const live = await readLive(pool, 'm');
  if (live.phase === 'switching' && live.fenceEnd !== null && !broken.has('drain')) await pool.query('UPDATE causeway.stream_position SET applied = $1, marker_attempt = $2', [END, live.attempt]);
  if (live.phase === 'returning' && (await targetFenceState(pool, contracts)) === 'closed' && !broken.has('drain')) set('back_marker', live.attempt);
}

/** What the gate was told, and whether anything was fenced while the application could still write. */
let gate: string[];
let gated = true;

const work: CutoverWork = {
  get gate() {
    if (!gated) return null;
    const tell = (what: 'close' | 'open', part: string) => async (primary: string) => {
      if (broken.has(part)) throw new Failure('GATE_FAILED', what);
      // Closed before the side is fenced, opened only towards a side that can be written.
      const open = primary === 'sqlite' ? fact('fence') === 0n : (await targetFenceState(pool, contracts)) === 'open';
      gate.push(open ? `${what} ${primary}` : `${what} ${primary} while it is fenced`);
    };
    return { ready: async () => {}, close: tell('close', 'gate'), open: tell('open', 'gate_open'), end: () => {} };
  },
  gates: async () => [{ name: 'lag', green: !broken.has('gates'), found: 'far behind', remedy: '' }],
  prepared: async () => true,
  verified: async () => !broken.has('verify'),
  setSequences: async () => {
    if (broken.has('sequences')) throw new Error('no sequences');
  },
  runSwitch: async (direction) => {
    if (broken.has('switch')) throw new Error('no switch');
    switched.push(direction);
  },
};

/** Like the real command, but killed before its nth action, or never. */
async function command(goal: CutoverGoal, options: { killBefore?: number; deadlineMs?: number } = {}): Promise<number> {
  let actions = 0;
  const input: CutoverInput = { pool, g, contracts, source, work, goal, readyWithinMs: 50, deadlineMs: options.deadlineMs ?? 10_000, signal: new AbortController().signal };
  const guarded = { ...input, source: { ...source, fence: () => (killed() ? halt() : source.fence()) } };
  const killed = (): boolean => options.killBefore !== undefined && actions >= options.killBefore;
  const halt = (): never => {
    throw new Error('killed');
  };
  const onAction = (): void => {
    actions++;
    carrying = carrying.then(carry);
  };
  await runCutover({ ...guarded, onAction }).finally(() => carrying);
  return actions;
}
let carrying: Promise<void>;

/** Phase, who may write, and never both. */
async function standing(): Promise<string> {
  const { phase } = await readLive(pool, 'm');
  const postgres = (await targetFenceState(pool, contracts)) === 'open';
  const lite = fact('fence') === 0n;
  expect(postgres && lite).toBe(false);
  return `${phase} ${postgres ? 'postgres' : lite ? 'sqlite' : 'nobody'}`;
}

beforeAll(async () => {
  database = await freshDatabase('controller');
  pool = createPool({ url: database.url, max: 6, applicationName: 'test' });
  await ensureControlSchema(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  sqlite = new Database(':memory:');
  sqlite.exec('CREATE TABLE s (name TEXT PRIMARY KEY, value)');
  touched = null;
  broken = new Set();
  switched = [];
  gate = [];
  gated = true;
  carrying = Promise.resolve();
  await pool.query('DROP TABLE IF EXISTS public.a; CREATE TABLE public.a (id bigint PRIMARY KEY); DELETE FROM causeway.migration');
  await inTransaction(pool, async (client) => {
    await insertMigration(client, { id: 'm', name: 'm', generation: 1, phase: 'built', source: {}, settings: {}, plan: {} } as unknown as MigrationRecord);
    await insertLive(client, { ...g, token: 'secret', startedAtId: 0n });
    await client.query("UPDATE causeway.live SET phase = 'following'");
    await closeTarget(client, g, contracts);
  });
});

test('there, back and there again; a command that has nothing to do does nothing', async () => {
  for (let round = 0; round < 2; round++) {
    await command('cutover');
    await command('cutover');
    expect(await standing()).toBe('switched postgres');
    await command('rollback');
    await command('rollback');
    expect(await standing()).toBe('following sqlite');
  }
  expect(switched).toEqual(['cutover', 'cutover']);
  const once = ['close sqlite', 'open postgresql', 'close postgresql', 'open sqlite'];
  expect(gate).toEqual([...once, ...once]);
});

// Invariant: I65
test.each([
  ['cutover', 'gate', 'following sqlite'],
  ['cutover', 'gate_open', 'switched postgres'],
  ['rollback', 'gate', 'switched postgres'],
  ['rollback', 'gate_open', 'following sqlite'],
  ['cutover', 'drain', 'following sqlite'],
  ['cutover', 'verify', 'following sqlite'],
  ['cutover', 'sequences', 'following sqlite'],
  ['cutover', 'gates', 'following sqlite'],
  ['cutover', 'switch', 'switched postgres'],
  ['rollback', 'drain', 'switched postgres'],
  ['rollback', 'verify', 'switched postgres'],
  ['rollback', 'sequences', 'switched postgres'],
  ['rollback', 'gates', 'switched postgres'],
] as const)('a %s whose %s does not come leaves %s, and succeeds afterwards', async (goal, part, expected) => {
  if (goal === 'rollback') await command('cutover');
  broken = new Set([part]);
  await expect(command(goal, { deadlineMs: 300 })).rejects.toThrow();
  expect(await standing()).toBe(expected);
  broken = new Set();
  await command(goal);
  expect(await standing()).toBe(goal === 'cutover' ? 'switched postgres' : 'following sqlite');
  // Whatever happened in between: nobody waits at the gate, and it never led to a closed side.
  expect(gate.at(-1)).toBe(goal === 'cutover' ? 'open postgresql' : 'open sqlite');
  expect(gate.filter((told) => told.includes('fenced'))).toEqual([]);
});

test('a gate that another command has left closed is opened before anything is waited for', async () => {
  await command('cutover', { killBefore: 4 }).catch(() => {});
  await pool.query("UPDATE causeway.live SET phase = 'following', attempt = 1; DELETE FROM causeway.step");
  await pool.query("INSERT INTO causeway.step (migration, attempt, step, state) VALUES ('m', 1, 'cutover_gate', 'running')");
  gate = [];
  broken = new Set(['gates']);
  await expect(command('cutover')).rejects.toMatchObject({ code: 'CUTOVER_NOT_READY' });
  expect(gate).toEqual(['open sqlite']);
});

test('an application without a gate meets the fence itself', async () => {
  gated = false;
  await command('cutover');
  expect(await standing()).toBe('switched postgres');
  expect(gate).toEqual([]);
});

test('a change that passed the fence undoes the cutover', async () => {
  touched = 'table a was dropped';
  await expect(command('cutover')).rejects.toMatchObject({ code: 'FENCE_PASSED', message: 'table a was dropped' });
  expect(await standing()).toBe('following sqlite');
});

// Invariant: I65
test.each(['cutover', 'rollback'] as const)('a %s that is killed before any of its actions is finished by the next, or undone', async (goal) => {
  if (goal === 'rollback') await command('cutover');
  const home = await standing();
  for (let killBefore = 0; killBefore < 16; killBefore++) {
    await command(goal, { killBefore }).catch(() => {});
    await standing();
    if (killBefore % 2 === 0) await command('undo');
    await command(goal);
    expect(await standing()).toBe(goal === 'cutover' ? 'switched postgres' : 'following sqlite');
    await command(goal === 'cutover' ? 'rollback' : 'cutover');
    expect(await standing()).toBe(home);
  }
});
