/** The loader as a whole, on the embedded transport: what stops it, and who may write meanwhile. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { avroLong, writeBlockHeader } from '@causeway/contracts/block-header';
import { schemaIdOf } from '@causeway/contracts/schema-id';
import type { TableContract } from '@causeway/contracts/table-contract';
import { snapshotTopic } from '@causeway/contracts/topics';
import { writeWirePrefix } from '@causeway/contracts/wire';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { insertMigration, type MigrationRecord } from '@causeway/control/record/migration-record';
import { insertContracts } from '@causeway/control/record/table-record';
import { ensureTopics } from '@causeway/control/topics/ensure-topics';
import { createLog } from '@causeway/runtime/log';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import type { Transport } from '@causeway/runtime/transport/port';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import type pg from 'pg';
import { runLoader } from './loader.ts';

const log = createLog('loader', 'silent');
const contract: TableContract = {
  table: 0,
  source: 't',
  targetSchema: 'public',
  target: 'made_by_loader',
  columns: [{ source: 'id', target: 'id', type: { kind: 'int8' }, form: 'plain', notNull: true }],
  order: { kind: 'rowid', alias: 'id' },
  key: ['id'],
  keyless: false,
  speculative: false,
};
const record = { id: 'mine', name: 'mine', generation: 1, phase: 'planned', source: {}, settings: { transport: 'embedded', partitions: 1, targetSchema: 'public', schema: 'create' }, plan: {} } as unknown as MigrationRecord;

let database: FreshDatabase;
let pool: pg.Pool;
let transport: Transport;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase('loader');
  pool = createPool({ url: database.url, max: 6, applicationName: 'test' });
  folder = mkdtempSync(join(tmpdir(), 'causeway-loader-'));
  transport = await connectTransport({ kind: 'embedded', file: join(folder, 'log.sqlite') }, { log });
  await ensureControlSchema(pool);
  await inTransaction(pool, async (client) => {
    await insertMigration(client, record);
    await insertContracts(client, { migration: 'mine', generation: 1 }, [contract]);
  });
  await ensureTopics(transport, record);
});
afterAll(async () => {
  await transport.close();
  await pool.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function blockOf(migration: string): Buffer {
  const prefix = Buffer.alloc(5);
  writeWirePrefix(prefix, 0, schemaIdOf(1, 0));
  const header = writeBlockHeader({ migration, generation: 1, table: 0, range: 0, attempt: 'a', part: 0, last: true, position: 0n });
  // No rows, no rejects, no fragment.
  return Buffer.concat([prefix, header, avroLong(0n), avroLong(0n), avroLong(0n)]);
}

// Invariant: I6
test('a message of another migration stops the loader by name; the position stays before it', async () => {
  const producer = await transport.producer({ clientId: 'stranger' });
  await producer.send([{ topic: snapshotTopic('mine', 1), partition: 0, key: null, value: blockOf('theirs') }]);
  await producer.close();
  const running = runLoader({ pool, transport, record, lanes: 1, groupSuffix: '', log, signal: AbortSignal.timeout(120_000), onApplied: () => {}, onKeyed: () => {} });
  await expect(running).rejects.toMatchObject({ code: 'MESSAGE_INVALID', message: expect.stringMatching(/offset 0 of partition 0 .* theirs/) });
  const consumed = await pool.query('SELECT next_offset FROM causeway.consumed');
  expect(consumed.rows).toEqual([{ next_offset: 0n }]);
  // Well below the signal's time: it once waited for tables that nobody would ever finish.
}, 30_000);

// Invariant: I19
test('others who were let in by default privileges cannot write what the loader makes', async () => {
  const role = `guest_${database.url.split('_').at(-1)}`;
  await pool.query(`CREATE ROLE ${role}`);
  try {
    await pool.query(`ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO ${role}, PUBLIC`);
    await inTransaction(pool, async (client) => {
      const other = { ...record, id: 'other', name: 'other' };
      await insertMigration(client, other);
      await insertContracts(client, { migration: 'other', generation: 1 }, [{ ...contract, target: 'closed' }]);
    });
    const stop = new AbortController();
    const running = runLoader({ pool, transport, record: { ...record, id: 'other', name: 'other' }, lanes: 1, groupSuffix: '', log, signal: stop.signal, onApplied: () => {}, onKeyed: () => {} });
    running.catch(() => {});
    const may = async (who: string, what: string): Promise<boolean | undefined> => (await pool.query("SELECT has_table_privilege($1, to_regclass('public.closed'), $2) AS may WHERE to_regclass('public.closed') IS NOT NULL", [who, what])).rows[0]?.may;
    while ((await may(role, 'SELECT')) === undefined) await new Promise((next) => setTimeout(next, 20));
    for (const what of ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) expect([what, await may(role, what)]).toEqual([what, false]);
    stop.abort();
    await running.catch(() => {});
  } finally {
    await pool.query(`DROP OWNED BY ${role}`);
    await pool.query(`DROP ROLE ${role}`);
  }
}, 60_000);
