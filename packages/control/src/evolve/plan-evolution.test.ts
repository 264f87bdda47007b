/** What a changed schema means for the contracts and for the target, without either of them. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { SchemaStep } from '@causeway/contracts/live/schema-step';
import type { TableContract } from '@causeway/contracts/table-contract';
import Database from 'better-sqlite3';
import { contractsFromPlan } from '../plan/contracts-from-plan.ts';
import { discoverSchema } from '../plan/discover-schema.ts';
import type { ExistingTable } from '../plan/existing/existing-tables.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { PlanDocument } from '../plan/plan-document.ts';
import { type Evolution, planEvolution } from './plan-evolution.ts';
import { type SourceShape, shapeOf } from './source-shape.ts';

let db: Database.Database;
let plan: PlanDocument;
let contracts: readonly TableContract[];
let shape: SourceShape;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL, g AS (v || 'x')); INSERT INTO t VALUES (1, 'a'); CREATE TABLE u (k TEXT PRIMARY KEY NOT NULL, n INTEGER)");
  const schema = discoverSchema(db);
  plan = makePlan(db, schema, { names: 'exact', targetSchema: 'public', full: true });
  contracts = contractsFromPlan(plan, schema);
  shape = shapeOf(schema);
});
afterEach(() => db.close());

function after(sql: string, existing: readonly ExistingTable[] | null = null): Evolution {
  db.exec(sql);
  return planEvolution({ db, schema: discoverSchema(db), contracts, plan, shape, nextTable: 2, existing });
}
const changed = ({ steps }: Evolution): Extract<SchemaStep, { kind: 'change_table' }> => steps[0] as Extract<SchemaStep, { kind: 'change_table' }>;

test('a schema that nobody has changed, or only beside the tables, asks for nothing', () => {
  const same = after('CREATE INDEX i ON t (v); CREATE VIEW w AS SELECT 1; CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END');
  expect(same).toEqual({ contracts, steps: [] });
});

test.each([
  ['INTEGER', 7, '7'],
  ['INTEGER NOT NULL', 7, '7'],
  ['TEXT NOT NULL', "'it''s'", "'it''s'"],
  ['BOOLEAN NOT NULL', 0, 'FALSE'],
  ['INTEGER', "'12'", '12'],
  ['TEXT', 'NULL', null],
])('a column %s DEFAULT %s is filled with %s where rows are, and the table is not read again', (declared, value, fill) => {
  const step = changed(after(`ALTER TABLE t ADD COLUMN c ${declared} DEFAULT ${value}`));
  expect(step).toMatchObject({ table: 0, reload: false, dropped: [], renamed: [] });
  expect(step.added.map((column) => column.fill?.replace(/::.*$/, '') ?? null)).toEqual([fill]);
});

test.each([
  ['a computed column', 'ALTER TABLE t ADD COLUMN c AS (v || 1)'],
  ['a dropped column', 'ALTER TABLE u DROP COLUMN n'],
  ['a renamed column', 'ALTER TABLE u RENAME COLUMN n TO m'],
  ['a renamed key', 'ALTER TABLE u RENAME COLUMN k TO kk'],
])('%s: every row comes again', (_, sql) => {
  expect(changed(after(sql)).reload).toBe(true);
});

test('tables that are made get numbers of their own, those that are dropped leave', () => {
  const { contracts: next, steps } = after('DROP TABLE u; CREATE TABLE u2 (k TEXT PRIMARY KEY NOT NULL, t INTEGER REFERENCES t)');
  expect(next.map((c) => [c.table, c.source])).toEqual([[0, 't'], [2, 'u2']]);
  expect(steps.map((step) => [step.kind, step.table])).toEqual([['drop_table', 1], ['make_table', 2]]);
  expect((steps[1] as Extract<SchemaStep, { kind: 'make_table' }>).objects.map((object) => object.kind)).toContain('foreign_key');
});

test.each([
  ['another key', 'DROP TABLE u; CREATE TABLE u (k TEXT NOT NULL, n INTEGER PRIMARY KEY)'],
  ['another type', "DROP TABLE u; CREATE TABLE u (k TEXT PRIMARY KEY NOT NULL, n TEXT); INSERT INTO u VALUES ('a', 'b')"],
])('%s stops by name', (_, sql) => {
  expect(() => after(sql)).toThrow(expect.objectContaining({ code: 'SCHEMA_CHANGED' }));
});

test('beside an existing schema a column that is missing there is named, and one that is there is taken', () => {
  const column = (name: string, type: string): ExistingTable['columns'][number] => ({ name, type, notNull: false, hasDefault: false, generated: false });
  const there = (...more: ExistingTable['columns']): ExistingTable[] => [{ name: 'u', unusable: null, columns: [column('k', 'text'), column('n', 'bigint'), ...more] }];
  expect(() => after('ALTER TABLE u ADD COLUMN c TEXT', there())).toThrow(expect.objectContaining({ code: 'SCHEMA_CHANGED', message: expect.stringContaining('"c": missing') }));
  expect(changed(after('SELECT 1', there(column('c', 'text')))).added).toEqual([{ target: 'c', fill: null }]);
});
