/**
 * Applications on other SQLite libraries than ours: the capture is installed by us, the writing is done by a process that
 * uses that very version, and every key whose row differs afterwards is in the log.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOG_TABLE } from '@causeway/contracts/live/source-objects';
import { seededRandom } from '@causeway/testkit/seeded-random';
import { HOSTILE_SCHEMA, hostileStatement } from '@causeway/testkit/sqlite-versions/hostile-schema';
import { buildWriter, WRITER_VERSIONS } from '@causeway/testkit/sqlite-versions/sqlite-library';
import { VersionWriter } from '@causeway/testkit/sqlite-versions/version-writer';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { contractsFromPlan } from '../plan/contracts-from-plan.ts';
import { discoverSchema } from '../plan/discover-schema.ts';
import { makePlan } from '../plan/make-plan.ts';
import { schemaEntries } from './application-schema.ts';
import { type CapturedTable, capturedTables } from './captured-table.ts';
import { installCapture, removeCapture } from './install-capture.ts';
import { liftFence, raiseFence } from './source-fence.ts';
import { logEnd } from './source-facts.ts';

const TRANSACTIONS = Number(process.env.CAPTURE_TRANSACTIONS ?? 120);
const SEEDS = (process.env.CAPTURE_SEEDS ?? '1').split(',').map(Number);
const writers = [];
for (const version of WRITER_VERSIONS) writers.push(await buildWriter(version));

let folder: string;
let db: Database.Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-versions-'));
  db = new Database(join(folder, 'app.sqlite'));
  db.pragma('journal_mode = WAL');
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const cell = (value: unknown): string => (value instanceof Uint8Array ? `x${Buffer.from(value).toString('hex')}` : `${typeof value}:${String(value)}`);

function capture(): CapturedTable[] {
  const schema = discoverSchema(db);
  const tables = capturedTables(schema, contractsFromPlan(makePlan(db, schema, { names: 'exact', targetSchema: 'public', full: true }), schema));
  installCapture(db, 'm', tables);
  return tables;
}

function image(tables: readonly CapturedTable[]): Map<string, string> {
  const rows = new Map<string, string>();
  for (const table of tables) {
    const key = table.key.map((name) => `typeof(${quoted(name)}), ${quoted(name)}`).join(', ');
    for (const row of db.prepare(`SELECT ${key}, * FROM ${quoted(table.name)}`).raw().safeIntegers().all() as unknown[][]) rows.set(`${table.number} ${row.slice(0, table.key.length * 2).map(cell).join(' ')}`, row.map(cell).join(' '));
  }
  return rows;
}

function loggedSince(tables: readonly CapturedTable[], id: bigint): Set<string> {
  const keys = new Set<string>();
  for (const table of tables) {
    const list = table.key.map((_, i) => `typeof(k${i}), k${i}`).join(', ');
    for (const row of db.prepare(`SELECT ${list} FROM ${quoted(LOG_TABLE)} WHERE id > ? AND t = ?`).raw().safeIntegers().all(id, table.number) as unknown[][]) keys.add(`${table.number} ${row.map(cell).join(' ')}`);
  }
  return keys;
}

/** What the application's own schema says; nothing of ours may be the reason. */
const OWN = /constraint|datatype mismatch|malformed JSON|integer overflow|conflict clause does not match|no such savepoint|cannot (commit|rollback|release)|no transaction is active|^$/;
const PRAGMAS = [[false, true], [true, false], [true, true], [false, false]] as const;

describe.each(writers)('SQLite $version', ({ version, program, missing }) => {
  const here = program === null ? test.skip : test;
  const name = program === null ? ` (no such library here: ${missing})` : '';

  // Invariant: I30
  here.each(SEEDS.flatMap((seed) => PRAGMAS.map(([recursive, keys]) => ({ seed, recursive, keys }))))(`every changed key is in the log, seed $seed, recursive_triggers $recursive, foreign_keys $keys${name}`, async ({ seed, recursive, keys }) => {
    const random = seededRandom(seed * 4 + Number(recursive) * 2 + Number(keys));
    db.exec(HOSTILE_SCHEMA);
    const tables = capture();
    const { writer, version: said } = await VersionWriter.open(program as string, db.name);
    if (version !== 'newest') expect(said).toMatch(new RegExp(`^${version}\\.`));
    const [, minor] = said.split('.').map(Number) as [number, number];
    await writer.execute([`PRAGMA recursive_triggers = ${recursive}`, `PRAGMA foreign_keys = ${keys}`, 'PRAGMA synchronous = OFF', 'BEGIN', 'COMMIT']);
    let done = 0;
    for (let i = 0; i < TRANSACTIONS; i++) {
      const before = image(tables);
      const from = logEnd(db);
      const undone = random.oneIn(10);
      const statements = ['BEGIN', ...Array.from({ length: random.integer(1, 4) }, () => hostileStatement(random, minor >= 35)), undone ? 'ROLLBACK' : 'COMMIT'];
      const results = await writer.execute(statements);
      for (const [n, { code, message }] of results.entries()) {
        if (code === 0) done++;
        else expect([statements[n], message]).toEqual([statements[n], expect.stringMatching(OWN)]);
      }
      const after = image(tables);
      const logged = loggedSince(tables, from);
      for (const key of new Set([...before.keys(), ...after.keys()])) if (before.get(key) !== after.get(key)) expect([statements, key, logged.has(key)]).toEqual([statements, key, true]);
    }
    await writer.close();
    expect(done).toBeGreaterThan(TRANSACTIONS);
  });

  here(`a fence stops it, lets it go on, and nothing is left behind${name}`, async () => {
    db.exec(HOSTILE_SCHEMA);
    const before = schemaEntries(db, 'application');
    capture();
    const { writer } = await VersionWriter.open(program as string, db.name);
    const [first] = await writer.execute(["INSERT INTO plain VALUES (1, 'a', 1)", 'BEGIN', 'COMMIT']);
    raiseFence(db, 1n);
    const refused = await writer.execute(["INSERT OR IGNORE INTO plain VALUES (2, 'b', 1)", 'REPLACE INTO nokey VALUES (1, 2)', 'DELETE FROM plain', 'UPDATE OR IGNORE wr SET v = 1', 'BEGIN', 'COMMIT']);
    liftFence(db, 1n);
    removeCapture(db);
    const [again] = await writer.execute(["UPDATE plain SET name = 'z'", 'BEGIN', 'COMMIT']);
    await writer.close();
    expect([first?.code, again?.code]).toEqual([0, 0]);
    for (const { message } of refused.slice(0, 3)) expect(message).toContain('closed for writing');
    expect(schemaEntries(db, 'ours')).toEqual([]);
    // Triggers that stood aside stand behind the tables now; every text is the same.
    const sorted = (list: typeof before): string[] => list.map((entry) => JSON.stringify(entry)).sort();
    expect(sorted(schemaEntries(db, 'application'))).toEqual(sorted(before));
    expect(db.prepare('SELECT what FROM audit').pluck().all()).toEqual(['z']);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  });
});
