/** A computed column that PostgreSQL computes as well is in no contract: following must not take it for a new one. */
import { expect, test } from '@jest/globals';
import type { TableContract } from '@causeway/contracts/table-contract';
import Database from 'better-sqlite3';
import { discoverSchema } from '../plan/discover-schema.ts';
import type { SourceSchema } from '../plan/source-schema.ts';
import { findDrift } from './find-drift.ts';
import { shapeOf } from './source-shape.ts';

function schemaOf(sql: string): SourceSchema {
  const db = new Database(':memory:');
  try {
    db.exec(sql);
    return discoverSchema(db as never);
  } finally {
    db.close();
  }
}

const contract = { source: 't', columns: [{ source: 'id' }, { source: 'v' }], key: ['id'], keyless: false, order: { kind: 'rowid', alias: 'id' } } as unknown as TableContract;
const plain = schemaOf('create table t (id integer primary key, v integer)');
const computed = schemaOf('create table t (id integer primary key, v integer, twice integer generated always as (v * 2) stored)');
const drift = (schema: SourceSchema, before: SourceSchema | null): unknown[] => findDrift({ contracts: [contract], schema, skipped: new Set(), shape: before === null ? null : shapeOf(before) }).map((entry) => (entry.kind === 'changed' ? entry.added : entry.kind));

test('left out from the beginning, it is no change', () => {
  expect(drift(computed, computed)).toEqual([]);
  expect(drift(computed, null)).toEqual([]);
});

test('made later, it is one, as every other column is', () => {
  expect(drift(computed, plain)).toEqual([['twice']]);
  expect(drift(schemaOf('create table t (id integer primary key, v integer, w integer)'), null)).toEqual([['w']]);
});
