/** Policies of the plan: each use is an explained difference, expected and counted by the validator; what has none is quarantined. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { planFromYaml, planToYaml } from '@causeway/control/plan/plan-document';
import { openBench } from '@causeway/testkit/causeway-command';
import Database from 'better-sqlite3';
import pg from 'pg';
import { predictedRows, quarantinedRows } from '../corpora/predicted-rows.ts';

interface PlanColumn {
  name: string;
  type: string;
  policy?: string;
}
interface EditablePlan {
  tables: { name: string; policy?: string; columns: PlanColumn[] }[];
  objects: { kind: string; name: string; policy?: string }[];
}

const SQL = `
  CREATE TABLE owner (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE thing (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owner (id), flag BOOLEAN, amount DECIMAL(8,2), at DATETIME, note TEXT, raw TEXT, n INTEGER, code VARCHAR(4));
  WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 500) INSERT INTO thing SELECT i, NULL, i % 2, i / 4.0, datetime('2024-01-01', i || ' hours'), 'note ' || i, 'raw ' || i, i, 'c' FROM k;
  INSERT INTO owner VALUES (1, 'one');
  UPDATE thing SET owner_id = 1;
  UPDATE thing SET owner_id = 99 WHERE id = 7;
  UPDATE thing SET flag = 'maybe' WHERE id IN (10, 11);
  UPDATE thing SET at = 'now' WHERE id = 20;
  UPDATE thing SET at = '' WHERE id IN (21, 22);
  UPDATE thing SET note = CAST(x'6100ff62' AS TEXT) WHERE id = 30;
  UPDATE thing SET note = CAST(x'c328' AS TEXT) WHERE id = 31;
  UPDATE thing SET note = 'kept \uFFFD' WHERE id = 32;
  UPDATE thing SET raw = CAST(x'780079' AS TEXT) WHERE id = 40;
  UPDATE thing SET n = 'many' WHERE id = 50;
  UPDATE thing SET n = x'00' WHERE id = 51;
  UPDATE thing SET amount = 'free' WHERE id = 60;`;

test('every policy in one table: what is told is what comes, and nothing else', async () => {
  const bench = await openBench('policies');
  try {
    const file = join(bench.folder, 'app.sqlite');
    const db = new Database(file);
    db.pragma('foreign_keys = off');
    db.exec(SQL);
    db.close();
    const plan = join(bench.folder, 'plan.yaml');
    expect((await bench.run(['plan', file, '-o', plan])).code).toBe(0);
    edit(plan, (document) => {
      const column = (name: string): PlanColumn => document.tables.find((t) => t.name === 'thing')?.columns.find((c) => c.name === name) as PlanColumn;
      column('flag').policy = 'null';
      column('at').policy = 'null';
      column('note').policy = 'replace';
      column('raw').policy = 'bytes';
      column('amount').policy = 'text';
      for (const object of document.objects) if (object.kind === 'foreign_key') object.policy = 'not_valid';
    });
    const given = planFromYaml(readFileSync(plan, 'utf8'), 'plan.yaml');
    const predicted = await predictedRows(file, join(bench.folder, 'assess'), given);
    const out = join(bench.folder, 'q.jsonl');
    const result = await bench.run(['migrate', file, '--plan', plan, '--json', '--name', 'p', '--quarantine-out', out]);
    expect(result.outcome).toMatchObject({ verdict: 'equal_with_quarantine' });
    const thing = result.outcome.tables.find((t) => t.source === 'thing');
    expect(thing).toMatchObject({ equal: true, sourceRows: 500, targetRows: 498, quarantinedRows: 2 });
    expect((thing as unknown as { explained: unknown }).explained).toEqual([
      { column: 'flag', policy: 'null', values: 2 },
      { column: 'at', policy: 'null', values: 3 },
      { column: 'note', policy: 'replace', values: 2 },
    ]);
    expect(quarantinedRows(out)).toEqual(predicted.rows);
    expect(predicted.rows).toHaveLength(2);
    await expectTarget(bench.database.url);
    const report = readFileSync((result.outcome as unknown as { report: string }).report, 'utf8');
    expect(report).toContain('Explained differences');
  } finally {
    await bench.close();
  }
});

async function expectTarget(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const row = async (id: number): Promise<Record<string, unknown>> => (await client.query('SELECT * FROM thing WHERE id = $1', [id])).rows[0];
    expect(await row(10)).toMatchObject({ flag: null });
    expect(await row(21)).toMatchObject({ at: null });
    expect(await row(30)).toMatchObject({ note: 'a\uFFFD\uFFFDb' });
    expect(await row(31)).toMatchObject({ note: '\uFFFD(' });
    expect(await row(32)).toMatchObject({ note: 'kept \uFFFD' });
    expect(await row(40)).toMatchObject({ raw: Buffer.from('780079', 'hex') });
    expect(await row(60)).toMatchObject({ amount: 'free' });
    expect(await row(50)).toBeUndefined();
    expect(await client.query("SELECT convalidated FROM pg_constraint WHERE conrelid = 'thing'::regclass AND contype = 'f'")).toMatchObject({ rows: [{ convalidated: false }] });
  } finally {
    await client.end();
  }
}

test.each([
  ['a policy that is none', (c: PlanColumn) => Object.assign(c, { policy: 'guess' }), 'flag'],
  ['replace on a boolean', (c: PlanColumn) => Object.assign(c, { policy: 'replace' }), 'flag'],
  ['null in the key', (c: PlanColumn) => Object.assign(c, { policy: 'null' }), 'id'],
  ['a type that is none', (c: PlanColumn) => Object.assign(c, { type: 'colour' }), 'flag'],
])('an edited plan is reviewed: %s is PLAN_INVALID, with its line', async (_title, change, name) => {
  const bench = await openBench('plan-line');
  try {
    const file = join(bench.folder, 'app.sqlite');
    const db = new Database(file);
    db.exec('CREATE TABLE thing (id INTEGER PRIMARY KEY, flag BOOLEAN); INSERT INTO thing VALUES (1, 1)');
    db.close();
    const plan = join(bench.folder, 'plan.yaml');
    await bench.run(['plan', file, '-o', plan]);
    edit(plan, (document) => change(document.tables[0]?.columns.find((c) => c.name === name) as PlanColumn));
    const lines = readFileSync(plan, 'utf8').split('\n');
    const result = await bench.run(['migrate', file, '--plan', plan, '--json', '--name', 'p']);
    expect(result.code).toBe(2);
    expect(result.outcome.code).toBe('PLAN_INVALID');
    const line = Number(/plan\.yaml:(\d+):/.exec(result.outcome.message ?? '')?.[1]);
    expect(lines[line - 1]).toMatch(/policy|type/);
    expect((await bench.run(['assess', file, '--plan', plan, '--json'])).code).toBe(2);
  } finally {
    await bench.close();
  }
});

function edit(file: string, change: (plan: EditablePlan) => void): void {
  const plan = planFromYaml(readFileSync(file, 'utf8'), file);
  change(plan as EditablePlan);
  writeFileSync(file, planToYaml(plan));
}
