/** More than fifty places in a schema, its values, a plan and arguments that try to run something: nothing runs. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from '@causeway/testkit/backup-bench';
import { CANARY, CANARY_ALIVE, CANARY_STATE, makeHostileSchema, payloads } from '@causeway/testkit/injections';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';

const ROOT = resolve(import.meta.dirname, '../..');
const { parse, stringify } = createRequire(join(ROOT, 'cli/package.json'))('yaml') as typeof import('yaml');
let folder: string;
let database: FreshDatabase;
let marker: string;
let file: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-hostile-'));
  database = await freshDatabase('hostile');
  marker = join(folder, 'pwned');
  file = join(folder, "app'; touch pwned; '.sqlite");
  await sql(database.url, CANARY);
});
afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly text: string;
  readonly json: { readonly verdict?: string; readonly code?: string; readonly tables?: readonly { readonly source: string; readonly sourceRows: number; readonly equal: boolean }[] };
}

function causeway(...args: string[]): Ran {
  const run = spawnSync(process.execPath, [join(ROOT, 'cli/dist/main.js'), ...args], { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: database.url, CAUSEWAY_STATE: join(folder, 'state') } });
  let json = {};
  try {
    json = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}');
  } catch {
    // Not every command ends with JSON.
  }
  return { code: run.status, text: run.stdout + run.stderr, json };
}

async function expectNothingRan(): Promise<void> {
  expect((await sql(database.url, CANARY_STATE)).rows[0]).toEqual(CANARY_ALIVE);
  expect(existsSync(marker)).toBe(false);
  expect(existsSync(join(folder, 'pwned'))).toBe(false);
}

test('plan, migrate, verify, status, report and backup of a hostile schema run nothing, and move every row', async () => {
  const { attempts, tables } = makeHostileSchema(file, marker);
  expect(attempts).toBeGreaterThanOrEqual(50);
  const before = readFileSync(file);
  const name = `m"; SELECT canary.fire('name'); -- '`;
  expect(causeway('plan', file, '-o', join(folder, 'plan.yaml')).code).toBe(0);
  const moved = causeway('migrate', file, '--transport', 'embedded', '--json', '--name', name);
  expect([moved.json.verdict, moved.json.verdict === 'equal' ? '' : moved.text]).toEqual(['equal', '']);
  expect(Object.fromEntries((moved.json.tables ?? []).map((t) => [t.source, t.sourceRows]))).toEqual(tables);
  expect(causeway('verify', '--json').json.verdict).toBe('equal');
  for (const command of ['status', 'report']) expect(causeway(command).code).toBe(0);
  // Views and defaults of the target answer without having run anything.
  await sql(database.url, 'INSERT INTO public.d0 (id) VALUES (99)');
  const made = causeway('backup', '--json');
  expect([made.code, made.code === 0 ? '' : made.text]).toEqual([0, '']);
  await expectNothingRan();
  expect(readFileSync(file).equals(before)).toBe(true);
  // Nothing in a report is markup, and no control character reaches a terminal.
  const html = readFileSync(JSON.parse(JSON.stringify(moved.json)).report, 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*application\/json)/i);
}, 300_000);

test('a plan file and arguments that hold SQL', async () => {
  makeHostileSchema(file, marker);
  const plan = join(folder, 'plan.yaml');
  expect(causeway('plan', file, '-o', plan).code).toBe(0);
  const document = parse(readFileSync(plan, 'utf8')) as { targetSchema: string; tables: { target: string; columns: { target: string; type: string }[] }[]; objects: { target: string | null; stage: string; proof?: { postgres: string; sqlite: string } }[] };
  const fresh = (): typeof document => structuredClone(document);
  const given = (edited: unknown): Ran => {
    writeFileSync(plan, stringify(edited));
    return causeway('migrate', file, '--transport', 'embedded', '--json', '--no-backup', '--plan', plan, '--restart', '--replace', '*');
  };
  const names = fresh();
  for (const [n, table] of names.tables.entries()) table.target = `${n}${payloads(marker)[n % 14]}`.slice(0, 30);
  for (const [n, column] of names.tables[0]?.columns.entries() ?? []) column.target = `${n}"; SELECT canary.fire('col'); --`;
  names.targetSchema = `s"; SELECT canary.fire('schema'); --`;
  names.objects = [];
  expect(given(names)).toMatchObject({ json: { verdict: 'equal' } });
  // Statements behind a statement are refused with it; a proof reads alone.
  const behind = fresh();
  for (const object of behind.objects) {
    if (object.target !== null && object.stage !== 'none') object.target = `${object.target}; SELECT canary.fire('behind')`;
    if (object.proof !== undefined) object.proof.postgres = "SELECT canary.fire('proof') AS holds, 0 AS fails, 0 AS unknown";
  }
  expect(given(behind).json.verdict).toBe('equal');
  const typed = fresh();
  (typed.tables[0] as (typeof typed.tables)[0]).columns[0] = { ...(typed.tables[0]?.columns[0] as { target: string; type: string }), type: "text; SELECT canary.fire('type')" };
  expect(given(typed).json.code).toBe('PLAN_INVALID');
  await expectNothingRan();
}, 300_000);
