/** The transaction of a load: repeats are skipped, a fenced loader commits nothing, refused rows are found. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { avroLong, avroString } from '@causeway/contracts/block-header';
import type { TableContract } from '@causeway/contracts/table-contract';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { insertMigration, type MigrationRecord } from '@causeway/control/record/migration-record';
import { insertContracts } from '@causeway/control/record/table-record';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import type pg from 'pg';
import type { CompleteRange } from '../consume/assemble-ranges.ts';
import { claimPartition } from '../consume/partition-claim.ts';
import { createTables } from '../schema/create-tables.ts';
import { applyRanges } from './apply-ranges.ts';
import { TableLoader } from './table-loader.ts';

let database: FreshDatabase;
let pool: pg.Pool;
let migrations = 0;
let g: { migration: string; generation: number };
let context: Parameters<typeof applyRanges>[0];

beforeAll(async () => {
  database = await freshDatabase('apply');
  pool = createPool({ url: database.url, max: 4, applicationName: 'test' });
  await ensureControlSchema(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  const id = `m${migrations++}`;
  const contract: TableContract = {
    table: 0,
    source: 't',
    targetSchema: 'public',
    target: `t_${id}`,
    columns: [
      { source: 'id', target: 'id', type: { kind: 'int8' }, form: 'plain', notNull: true },
      { source: 's', target: 's', type: { kind: 'jsonb' }, form: 'plain', notNull: false },
    ],
    order: { kind: 'rowid', alias: 'id' },
    key: ['id'],
    keyless: false,
    speculative: false,
  };
  const record = { id, name: id, generation: 1, phase: 'planned', source: {}, settings: {}, plan: {} } as unknown as MigrationRecord;
  g = { migration: id, generation: 1 };
  await inTransaction(pool, async (client) => {
    await insertMigration(client, record);
    await insertContracts(client, g, [contract]);
  });
  await createTables(pool, record);
  context = { pool, g, tables: new Map([[0, new TableLoader(contract)]]) };
});

function range(number: number, rows: readonly [id: number, s: string][]): CompleteRange {
  const bytes = Buffer.concat(rows.flatMap(([id, s]) => [Buffer.from([2]), avroLong(BigInt(id)), Buffer.from([2]), avroString(s)]));
  return { table: 0, range: number, runs: rows.length === 0 ? [] : [{ bytes, at: 0, count: rows.length }], rejects: [], rows: rows.length, bytes: bytes.length, position: 0n };
}

const ids = async (): Promise<number[]> => (await pool.query(`SELECT id::int FROM public.t_${g.migration} ORDER BY id`)).rows.map((r) => r.id);

// Invariant: I2
test('a range that comes again, in the same batch or in a later one, is loaded once', async () => {
  const claim = await claimPartition(pool, g, 0);
  const twice = [range(0, [[1, '{}'], [2, '[]']]), range(1, [[3, '3']]), range(0, [[1, '{}'], [2, '[]']])];
  const applied = await applyRanges(context, claim, twice, 3n);
  expect([applied.rows, applied.skipped]).toEqual([3, 1]);
  const again = await applyRanges(context, claim, [range(1, [[3, '3']]), range(2, [[4, '4']])], 5n);
  expect([again.rows, again.skipped]).toEqual([1, 1]);
  expect(await ids()).toEqual([1, 2, 3, 4]);
});

// Invariant: I3
test('a loader that was taken over cannot commit', async () => {
  const old = await claimPartition(pool, g, 0);
  const young = await claimPartition(pool, g, 0);
  await expect(applyRanges(context, old, [range(0, [[1, '{}']])], 1n)).rejects.toMatchObject({ code: 'FENCED' });
  expect(await ids()).toEqual([]);
  await applyRanges(context, young, [range(0, [[1, '{}']])], 1n);
  expect(await ids()).toEqual([1]);
});

// Invariant: I4
test('nothing is loaded into a generation that is over', async () => {
  const claim = await claimPartition(pool, g, 0);
  await pool.query('UPDATE causeway.migration SET generation = 2 WHERE id = $1', [g.migration]);
  await expect(applyRanges(context, claim, [range(0, [[1, '{}']])], 1n)).rejects.toMatchObject({ code: 'FENCED' });
});

// Invariant: I15
test('rows that PostgreSQL refuses are found one by one; their neighbours and the offset commit', async () => {
  const claim = await claimPartition(pool, g, 0);
  const rows = Array.from({ length: 40 }, (_, i): [number, string] => [i, i % 13 === 5 ? '{"x": "\\u0000"}' : '{}']);
  const applied = await applyRanges(context, claim, [range(0, rows), range(1, [[100, '{}']])], 2n);
  expect([applied.rejected, (await ids()).length]).toEqual([3, 38]);
  const quarantined = await pool.query("SELECT (key->>'place')::int AS place, code, reason FROM causeway.quarantine WHERE migration = $1 ORDER BY id", [g.migration]);
  expect(quarantined.rows.map((r) => r.place)).toEqual([5, 18, 31]);
  expect(quarantined.rows[0].code).toBe('SQLSTATE_22P05');
  expect(JSON.stringify(quarantined.rows)).not.toContain('u0000');
  const ledger = await pool.query('SELECT rows::int, rejected::int FROM causeway.block WHERE migration = $1 AND range_no = 0', [g.migration]);
  expect(ledger.rows[0]).toEqual({ rows: 37, rejected: 3 });
});
