/** Policies that change a type, with all that hangs on the column: a real PostgreSQL takes every statement that is left. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { postgresTypeName } from '@causeway/contracts/logical-type';
import pg from 'pg';
import { contractsFromPlan } from './contracts-from-plan.ts';
import { discoverSchema } from './discover-schema.ts';
import { makePlan } from './make-plan.ts';
import type { PlanDocument, PlanPolicy } from './plan-document.ts';
import { withPolicyObjects } from './policy-objects.ts';
import type { SourceSchema } from './source-schema.ts';

const url = process.env['CAUSEWAY_TEST_PG'];
const SCHEMA = 'policy_objects';
const SOURCE = `
  CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
  CREATE TABLE t (
    id INTEGER PRIMARY KEY, qty INTEGER NOT NULL DEFAULT 5 CHECK (qty > 0), active BOOLEAN NOT NULL DEFAULT 1 CHECK (active IN (0, 1)), price DECIMAL(10, 2) DEFAULT 0.5 CHECK (price >= 0 AND price < 1e6),
    day DATE DEFAULT CURRENT_DATE CHECK (day > '2020-01-01'), at DATETIME DEFAULT CURRENT_TIMESTAMP, doc JSON DEFAULT '{}' CHECK (json_valid(doc)), key_id CHAR(32) CHECK (length(key_id) = 32),
    "a""b;--" INTEGER DEFAULT (1 + 1) CHECK ("a""b;--" % 2 = 0), name TEXT COLLATE NOCASE DEFAULT 'x' CHECK (name <> ''), p INTEGER REFERENCES p (id), twice INTEGER AS (qty * 2) STORED, weight REAL DEFAULT 1.5 CHECK (weight BETWEEN 0 AND 10),
    CHECK (qty < 100), CHECK (qty < 100), CHECK (day IS NULL OR at IS NULL OR qty + 1 > price));
  CREATE INDEX by_qty ON t (qty * 2); CREATE INDEX by_active ON t (id) WHERE active; CREATE INDEX by_name ON t (name, qty); CREATE INDEX by_day ON t (day DESC, price) ; CREATE UNIQUE INDEX by_odd ON t ("a""b;--") WHERE qty > 3;
  CREATE INDEX by_long ON t (lower(name)); CREATE UNIQUE INDEX by_key ON t (key_id, active);
  CREATE VIEW v AS SELECT qty + 1 AS more, active, name || '!' AS loud, day FROM t WHERE qty > 2 AND active;`;
const COLUMNS = ['qty', 'active', 'price', 'day', 'at', 'doc', 'key_id', 'a"b;--', 'name', 'p', 'weight'];

(url === undefined ? describe.skip : describe)('what hangs on a column whose type a policy changes', () => {
  const sqlite = new Database(':memory:');
  const client = new pg.Client({ connectionString: url });
  let schema: SourceSchema;
  let plan: PlanDocument;

  beforeAll(async () => {
    sqlite.exec(SOURCE);
    sqlite.exec("INSERT INTO p VALUES (1, 'a')");
    const insert = sqlite.prepare(`INSERT INTO t (id, qty, active, price, day, at, doc, key_id, "a""b;--", name, p, weight) VALUES (?, 1 + ? % 50, 1, 1.25, '2024-01-02', '2024-01-02 03:04:05', '{"a": 1}', ?, ?, 'n', 1, 2.5)`);
    for (let i = 1; i <= 1_200; i++) insert.run(i, i, i.toString(16).padStart(32, '0'), 2 * i);
    schema = discoverSchema(sqlite);
    plan = makePlan(sqlite, schema, { names: 'exact', targetSchema: SCHEMA, full: true });
    await client.connect();
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public');
  });
  afterAll(async () => {
    await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    await client.end();
    sqlite.close();
  });

  const withPolicies = (policies: Readonly<Record<string, PlanPolicy>>, found: Record<string, number> = {}): PlanDocument => ({
    ...plan,
    tables: plan.tables.map((table) => ({ ...table, columns: table.columns.map((c) => (table.name === 't' && policies[c.name] !== undefined ? { ...c, policy: policies[c.name] as PlanPolicy, found: { ...c.found, ...(c.found?.text === undefined ? found : {}) } } : c)) })),
  });

  /** Statements that PostgreSQL does not take. */
  async function refusedBy(asked: PlanDocument): Promise<string[]> {
    await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE; CREATE SCHEMA ${SCHEMA}`);
    for (const contract of contractsFromPlan(asked, schema)) {
      const key = contract.key.length === 0 ? '' : `, PRIMARY KEY (${contract.key.map((k) => `"${k}"`).join(', ')})`;
      await client.query(`CREATE TABLE ${SCHEMA}."${contract.target}" (${contract.columns.map((c) => `"${c.target.replaceAll('"', '""')}" ${postgresTypeName(c.type)}`).join(', ')}${key})`);
    }
    const refused: string[] = [];
    for (const { target } of asked.objects) if (target !== null) await client.query(target).catch((error: Error) => refused.push(`${error.message}: ${target}`));
    return refused;
  }

  test('without a policy nothing changes', async () => {
    expect(withPolicyObjects(plan, schema)).toBe(plan);
    expect(withPolicyObjects(withPolicies({ qty: 'quarantine', name: 'replace' }), schema).objects).toEqual(plan.objects);
    expect(await refusedBy(plan)).toEqual([]);
  });

  test.each([...COLUMNS.flatMap((name) => (['text', 'bytes'] as const).map((policy) => [name, policy, {}] as const)), ...COLUMNS.map((name) => [name, 'widen', { text: 3 }] as const), ...COLUMNS.map((name) => [name, 'widen', { real: 3 }] as const)])('%s: %s %j', async (name, policy, found) => {
    const asked = withPolicies({ [name]: policy }, found);
    const made = withPolicyObjects(asked, schema);
    expect(await refusedBy(made)).toEqual([]);
    expect(made.objects.length).toBe(plan.objects.length);
    // Nothing goes without a word.
    for (const [i, object] of made.objects.entries()) if (object.target === null && plan.objects[i]?.target !== null) expect(object.notes.length).toBeGreaterThan(0);
  });

  test('all columns at once, and the whole table', async () => {
    for (const policy of ['text', 'bytes'] as const) {
      expect(await refusedBy(withPolicyObjects(withPolicies(Object.fromEntries(COLUMNS.map((c) => [c, policy]))), schema))).toEqual([]);
      expect(await refusedBy(withPolicyObjects({ ...plan, tables: plan.tables.map((t) => ({ ...t, policy })) }, schema))).toEqual([]);
    }
    expect((await refusedBy(withPolicies(Object.fromEntries(COLUMNS.map((c) => [c, 'bytes' as const]))))).length).toBeGreaterThan(3);
  });

  test('what the owner of the plan has written stays', () => {
    const asked = withPolicies({ qty: 'text' });
    const own = { ...asked, objects: asked.objects.map((o) => (o.name === 'by_qty' ? { ...o, target: `CREATE INDEX mine ON ${SCHEMA}.t (id)` } : o)) };
    expect(withPolicyObjects(own, schema).objects.find((o) => o.name === 'by_qty')?.target).toBe(`CREATE INDEX mine ON ${SCHEMA}.t (id)`);
  });

  test('a foreign key between types that do not compare is told', () => {
    const made = withPolicyObjects(withPolicies({ p: 'text' }), schema);
    expect(made.objects.find((o) => o.kind === 'foreign_key')).toMatchObject({ target: null, fidelity: 'needs_decision' });
  });
});
