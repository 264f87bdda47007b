/** Existing tables decide the types; the rows decide whether they fit, and every misfit is told at once. */
import { expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { discoverSchema } from '../discover-schema.ts';
import { makePlan } from '../make-plan.ts';
import type { PlanDocument } from '../plan-document.ts';
import { type ExistingColumn, type ExistingTable, findByName } from './existing-tables.ts';

const column = (name: string, type: string, more: Partial<ExistingColumn> = {}): ExistingColumn => ({ name, type, notNull: false, hasDefault: false, generated: false, ...more });
const table = (name: string, ...columns: ExistingColumn[]): ExistingTable => ({ name, unusable: null, columns });

function planOf(sql: string, tables: readonly ExistingTable[], more: { skipMissing?: boolean; skip?: string[]; given?: PlanDocument } = {}): PlanDocument {
  const db = new Database(':memory:');
  try {
    db.exec(sql);
    return makePlan(db as never, discoverSchema(db as never), { names: 'exact', targetSchema: 'public', full: false, existing: { tables, skipMissing: false, skip: [], given: null, ...more } });
  } finally {
    db.close();
  }
}

const ID = column('id', 'integer', { notNull: true });

test.each([
  ['1700000000', 'timestamp with time zone', 'epoch_s'],
  ['1700000000000', 'timestamp with time zone', 'epoch_ms'],
  ['1700000000000000', 'timestamp without time zone', 'epoch_us'],
  ["'2024-01-01 00:00:00'", 'timestamp with time zone', 'plain'],
  ['86400', 'interval', 'plain'],
  ['5', 'text', 'any'],
  ["'abc'", 'character varying(3)', 'plain'],
  ["'abc'", 'bytea', 'any'],
  ['1', 'boolean', 'plain'],
])('%s into %s is read as %s', (value, type, form) => {
  const plan = planOf(`create table t (id integer primary key, v); insert into t values (1, ${value}), (2, null)`, [table('t', ID, column('v', type))]);
  expect(plan.tables[0]?.columns.map((c) => [c.type, c.form])).toEqual([['integer', 'plain'], [type, form]]);
  expect(plan.tables[0]?.sampled).toBe(false);
});

test('every problem is in one message, with its count and a key', () => {
  const sql = "create table t (id integer primary key, v, w, x); insert into t values (1, 'ab', null, 0), (7, 'abcdef', 1, 0), (8, 'abcdefg', 1, 0); create table gone (a); create virtual table hidden using fts5(a)";
  const refused = (): PlanDocument => planOf(sql, [table('t', ID, column('v', 'character varying(5)'), column('w', 'integer', { notNull: true }), column('x', 'point'), column('y', 'text', { notNull: true }))]);
  expect(refused).toThrow(expect.objectContaining({ code: 'TARGET_INCOMPATIBLE' }));
  for (const part of ['"v": 2 value(s) do not fit character varying(5), for example in row id=7', '"w": is NOT NULL, but 1 row(s) hold NULL, for example in row id=1', '"x": causeway cannot load type point', '"y": is NOT NULL without a default', '"gone": missing', '"hidden": missing']) {
    expect(refused).toThrow(part);
  }
});

test('tables stay behind only by flag, by name or by plan, and are told', () => {
  const sql = 'create table t (id integer primary key); create table gone (a)';
  const target = [table('t', ID)];
  for (const more of [{ skipMissing: true }, { skip: ['gone'] }]) {
    const plan = planOf(sql, target, more);
    expect(plan.tables.map((t) => [t.name, t.action])).toEqual([['t', 'move'], ['gone', 'skip']]);
    expect(plan.objects).toContainEqual(expect.objectContaining({ name: 'gone', fidelity: 'not_moved' }));
    expect(planOf(sql, target, { given: plan }).tables.map((t) => t.action)).toEqual(['move', 'skip']);
  }
  expect(() => planOf(sql, target, { skip: ['nothing'] })).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

test('an epoch outside the plausible years needs the plan to say its unit', () => {
  const sql = 'create table t (id integer primary key, v); insert into t values (1, 5)';
  const target = [table('t', ID, column('v', 'timestamp with time zone'))];
  expect(() => planOf(sql, target)).toThrow('do not fit');
  const given: PlanDocument = { causeway: 1, names: 'exact', targetSchema: 'public', objects: [], tables: [{ name: 't', target: 't', action: 'move', replace: true, sampled: false, columns: ['id', 'v'].map((name) => ({ name, target: name, declared: '', type: 'bigint', form: name === 'v' ? 'epoch_ms' : 'plain', notNull: false, evidence: '' })) }] };
  expect(planOf(sql, target, { given }).tables[0]).toMatchObject({ replace: true, columns: [{}, { type: 'timestamp with time zone', form: 'epoch_ms' }] });
});

test('decimals with noise are rounded as ORMs read them; exact ones are not', () => {
  const sql = 'create table t (id integer primary key, v decimal, w decimal); insert into t values (1, 0.1 + 0.2, 12345678.12345679)';
  const target = [table('t', ID, column('v', 'numeric(12,2)'), column('w', 'numeric(20,10)'))];
  expect(planOf(sql, target).tables[0]?.columns.map((c) => c.form)).toEqual(['plain', 'decimal15', 'plain']);
});

test('what both sides compute is left to the target, what one side computes is told', () => {
  const sql = 'create table t (id integer primary key, v integer, twice integer generated always as (v * 2) stored)';
  const generated = column('twice', 'integer', { generated: true });
  expect(planOf(sql, [table('t', ID, column('v', 'integer'), generated)]).tables[0]?.columns.map((c) => c.name)).toEqual(['id', 'v']);
  expect(planOf(sql, [table('t', ID, column('v', 'integer'), column('twice', 'integer'))]).tables[0]?.columns.map((c) => c.name)).toEqual(['id', 'v', 'twice']);
  expect(() => planOf('create table t (id integer primary key, v integer, twice integer)', [table('t', ID, column('v', 'integer'), generated)])).toThrow('"twice": is generated and accepts no value');
});

test('a policy of the given plan answers for what does not fit; one that changes the type cannot', () => {
  const sql = "create table t (id integer primary key, v text); insert into t values (1, 'far too long')";
  const target = [table('t', ID, column('v', 'character varying(5)'))];
  const given = (policy: 'quarantine' | 'widen'): PlanDocument => ({ causeway: 1, names: 'exact', targetSchema: 'public', objects: [], tables: [{ name: 't', target: 't', action: 'move', replace: false, sampled: false, policy, columns: ['id', 'v'].map((name) => ({ name, target: name, declared: '', type: name === 'v' ? 'text' : 'bigint', form: 'plain', notNull: false, evidence: '' })) }] });
  expect(planOf(sql, target, { given: given('quarantine') }).tables[0]).toMatchObject({ policy: 'quarantine', columns: [{}, { type: 'character varying(5)' }] });
  expect(() => planOf(sql, target, { given: given('widen') })).toThrow('"v": policy widen would change its type');
});

test('names are met exactly, else by the only one of another case', () => {
  expect(findByName([{ name: 'a' }, { name: 'A' }], 'A')).toEqual({ name: 'A' });
  expect(findByName([{ name: 'orders' }], 'Orders')).toEqual({ name: 'orders' });
  expect(findByName([{ name: 'a' }, { name: 'A' }], 'ａ')).toBeUndefined();
});
