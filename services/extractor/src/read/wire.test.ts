/** Every block decodes with plain avsc, to exactly what SQLite holds; golden bytes pin the wire. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { avscReader } from '@causeway/contracts/avsc-referee';
import { blockSchema, WIRE_VERSION } from '@causeway/contracts/avro-schema';
import type { LogicalType } from '@causeway/contracts/logical-type';
import { contractFingerprint, type SourceForm, type TableContract } from '@causeway/contracts/table-contract';
import { FRAGMENT_BYTES } from '@causeway/contracts/topics';
import { openSource } from '@causeway/runtime/sqlite/open-source';
import Database from 'better-sqlite3';
import type { BuiltPart } from './block-builder.ts';
import { textDecoding } from '@causeway/control/source/text-decoding';
import { FIRST_SLICE, planRanges } from './plan-ranges.ts';
import { readRange, tableReading } from './read-range.ts';
import { generateEncoder } from './row-codec.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-wire-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface ColumnGiven {
  readonly name: string;
  readonly type: LogicalType;
  readonly form?: SourceForm;
  readonly notNull?: boolean;
}

function contractOf(columns: readonly ColumnGiven[], more: Partial<TableContract> = {}): TableContract {
  return {
    table: 0,
    source: 't',
    targetSchema: 'public',
    target: 't',
    columns: columns.map((c) => ({ source: c.name, target: c.name, type: c.type, form: c.form ?? 'plain', notNull: c.notNull ?? false })),
    order: { kind: 'rowid', alias: 'id' },
    key: ['id'],
    keyless: false,
    speculative: false,
    ...more,
  };
}

function extract(name: string, sql: string, contract: TableContract): { parts: BuiltPart[]; blocks: Record<string, unknown>[]; ranges: number } {
  const file = join(folder, `${name}.sqlite`);
  const made = new Database(file);
  made.exec(sql);
  made.close();
  const db = openSource(file);
  const reading = tableReading(db, contract, generateEncoder(contract), textDecoding('UTF-8'), 7);
  const ranges = planRanges(db, contract, FIRST_SLICE, 7).ranges;
  const parts: BuiltPart[] = [];
  for (const range of ranges) {
    readRange(db, reading, range, { migration: 'm', generation: 1, table: 0, range: range.range, attempt: 'a', position: 0n }, (part) => parts.push({ ...part, bytes: Buffer.from(part.bytes) }));
  }
  db.close();
  const read = avscReader(blockSchema(contract));
  return { parts, blocks: parts.map((part) => read(Buffer.from(part.bytes))), ranges: ranges.length };
}

const rowsOf = (blocks: readonly Record<string, unknown>[]): Record<string, unknown>[] => blocks.flatMap((b) => b['rows'] as Record<string, unknown>[]);

const ID: ColumnGiven = { name: 'id', type: { kind: 'int8' }, notNull: true };

test('every logical type arrives exactly', () => {
  const contract = contractOf([
    ID,
    { name: 'big', type: { kind: 'int8' } },
    { name: 'f', type: { kind: 'float8' } },
    { name: 'n', type: { kind: 'numeric' } },
    { name: 'b', type: { kind: 'boolean' } },
    { name: 's', type: { kind: 'text' } },
    { name: 'raw', type: { kind: 'bytea' } },
    { name: 'd', type: { kind: 'date' } },
    { name: 'ts', type: { kind: 'timestamptz' } },
    { name: 'u', type: { kind: 'uuid' } },
    { name: 'j', type: { kind: 'jsonb' } },
    { name: 'e', type: { kind: 'timestamptz' }, form: 'epoch_ms' },
  ]);
  const { blocks } = extract(
    'types',
    `create table t(id integer primary key, big integer, f real, n decimal, b bool, s text, raw blob, d date, ts datetime, u char(32), j text, e datetime);
     insert into t values (-9223372036854775808, 9007199254740993, 0.1, 1230.99, 1, 'öl ' || char(9) || '\\N', x'00ff', '2024-02-29', '2024-02-29 23:59:59.000001', '0123456789abcdef0123456789abcdef', '{"a": 1.50}', 1700000000123);
     insert into t values (9223372036854775807, -1, -0.0, -5, 0, '', x'', '0001-01-01', '1969-12-31T23:59:59.999999Z', 'ffffffffffffffffffffffffffffffff', '[]', 0);
     insert into t values (0, null, null, null, null, null, null, null, null, null, null, null);`,
    contract,
  );
  const [first, nulls, last] = rowsOf(blocks) as [Record<string, unknown>, Record<string, unknown>, Record<string, unknown>];
  expect(first).toMatchObject({ c_id: -9223372036854775808n, c_big: 9007199254740993n, c_f: 0.1, c_n: '1230.99', c_b: true, c_s: 'öl \t\\N', c_d: 19782, c_j: '{"a": 1.50}', c_e: 1700000000123000n });
  expect(first['c_ts']).toBe(BigInt(Date.UTC(2024, 1, 29, 23, 59, 59)) * 1000n + 1n);
  expect(Buffer.from(first['c_raw'] as Uint8Array).toString('hex')).toBe('00ff');
  expect(Buffer.from(first['c_u'] as Uint8Array).toString('hex')).toBe('0123456789abcdef0123456789abcdef');
  expect(nulls['c_id']).toBe(0n);
  expect(Object.entries(nulls).filter(([name]) => name !== 'c_id').every(([, value]) => value === null)).toBe(true);
  expect(last).toMatchObject({ c_id: 9223372036854775807n, c_big: -1n, c_n: '-5', c_b: false, c_s: '', c_ts: -1n, c_d: -719162 });
});

test('what a type cannot hold becomes a reject with its original bytes, and its neighbours load', () => {
  const contract = contractOf([ID, { name: 's', type: { kind: 'text' } }, { name: 'n', type: { kind: 'int8' } }]);
  const { blocks } = extract(
    'rejects',
    `create table t(id integer primary key, s text, n integer);
     insert into t values (1, 'a', 1), (2, 'a' || char(0) || 'b', 2), (3, cast(x'41ff42' as text), 3), (4, 'ok �', 4), (5, 'x', 'abc'), (6, 'y', 6);`,
    contract,
  );
  expect(rowsOf(blocks).map((r) => [r['c_id'], r['c_s']])).toEqual([[1n, 'a'], [4n, 'ok �'], [6n, 'y']]);
  const rejects = blocks.flatMap((b) => b['rejects'] as { code: string; column: string; key: { bytes: Buffer }[]; values: { name: string; class: number; bytes: Buffer }[] }[]);
  expect(rejects.map((r) => [r.code, r.column, r.key[0]?.bytes.toString()])).toEqual([['NUL_IN_TEXT', 's', '2'], ['INVALID_UTF8', 's', '3'], ['TYPE_MISMATCH', 'n', '5']]);
  expect(rejects[1]?.values[1]?.bytes.toString('hex')).toBe('41ff42');
});

test('a row larger than a message travels in fragments that join to its Avro bytes', () => {
  const contract = contractOf([ID, { name: 'raw', type: { kind: 'bytea' } }]);
  const size = FRAGMENT_BYTES * 2 + 17;
  const { parts, blocks } = extract('large', `create table t(id integer primary key, raw blob); insert into t values (1, zeroblob(${size})), (2, x'01');`, contract);
  const fragments = blocks.map((b) => b['fragment'] as { offset: bigint; total: bigint; bytes: Buffer } | null).filter((f) => f !== null);
  expect(fragments.length).toBe(3);
  const joined = Buffer.concat(fragments.map((f) => f.bytes));
  expect(BigInt(joined.length)).toBe(fragments[0]?.total);
  expect(joined.subarray(-size).equals(Buffer.alloc(size))).toBe(true);
  expect(rowsOf(blocks)).toHaveLength(1);
  expect(Math.max(...parts.map((p) => p.bytes.length))).toBeLessThan(1024 * 1024);
  expect(parts.reduce((sum, p) => sum + p.rows, 0)).toBe(2);
});

test('ranges tile the key space and hold every row once, whatever the key', () => {
  const values = Array.from({ length: 9000 }, (_, i) => `(${(i - 4500) * 1_000_000_007})`).join(',');
  const { blocks, ranges } = extract('keys', `create table t(id integer primary key); insert into t values ${values};`, contractOf([ID]));
  expect(ranges).toBeGreaterThan(2);
  expect(new Set(rowsOf(blocks).map((r) => r['c_id'])).size).toBe(9000);
});

test('WITHOUT ROWID with a composite key of text and blob, beyond UTF-8', () => {
  const contract = contractOf([{ name: 'a', type: { kind: 'bytea' }, form: 'any' }, { name: 'b', type: { kind: 'bytea' }, form: 'any' }], { order: { kind: 'primary', columns: ['a', 'b'] }, key: ['a', 'b'] });
  const inserts = Array.from({ length: 6000 }, (_, i) => `(cast(x'${(i % 256).toString(16).padStart(2, '0')}ff' as text), x'${i.toString(16).padStart(8, '0')}')`).join(',');
  const { blocks, ranges } = extract('composite', `create table t(a, b, primary key (a, b)) without rowid; insert into t values ${inserts};`, contract);
  expect(ranges).toBeGreaterThan(1);
  expect(rowsOf(blocks)).toHaveLength(6000);
});

// Invariant: I21
test('golden bytes: a change here is a new wire version', () => {
  const contract = contractOf([ID, { name: 's"ö', type: { kind: 'text', maxLength: 20 } }, { name: 'n', type: { kind: 'numeric', precision: 10, scale: 2 } }]);
  const { parts } = extract('golden', `create table t(id integer primary key, "s""ö" varchar(20), n decimal(10,2)); insert into t values (1, 'one', 1.5), (-2, null, 1e-2);`, contract);
  expect(WIRE_VERSION).toBe(1);
  expect(parts.map((p) => Buffer.from(p.bytes).toString('hex'))).toEqual(['0000000007026d02000002610001000000040203000208302e3031020202066f6e650206312e3500']);
  expect(createHash('sha256').update(JSON.stringify(blockSchema(contract))).digest('hex').slice(0, 16)).toMatchInlineSnapshot(`"c515c71ccb384407"`);
  expect(contractFingerprint(contract).slice(0, 16)).toMatchInlineSnapshot(`"bddcdebba9feafda"`);
});
