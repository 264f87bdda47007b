/** The loader of a live migration as a whole, on the embedded transport: snapshot, changes, constraints, following. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { avroLong, avroString, writeBlockHeader } from '@causeway/contracts/block-header';
import { schemaIdOf } from '@causeway/contracts/schema-id';
import { changesTopic, snapshotTopic } from '@causeway/contracts/topics';
import { writeWirePrefix } from '@causeway/contracts/wire';
import { readLive } from '@causeway/control/live/live-record';
import { readBeats } from '@causeway/control/live/service-beat';
import { storeRanges } from '@causeway/control/record/table-record';
import { targetFenceState } from '@causeway/control/target/target-fence';
import { ensureTopics } from '@causeway/control/topics/ensure-topics';
import { createLog } from '@causeway/runtime/log';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import type { Transport, TransportProducer } from '@causeway/runtime/transport/port';
import { runLoader } from './loader.ts';
import { type BatchSpec, StreamBench } from './stream/stream-bench.fixture.ts';

const log = createLog('loader', 'silent');
let bench: StreamBench;
let transport: Transport;
let producer: TransportProducer;
let folder: string;

beforeAll(async () => {
  bench = await StreamBench.open([{ name: 't', columns: { id: 'int8', name: 'text' }, key: ['name'] }], { keys: false });
  folder = mkdtempSync(join(tmpdir(), 'causeway-live-'));
  transport = await connectTransport({ kind: 'embedded', file: join(folder, 'log.sqlite') }, { log });
  await ensureTopics(transport, bench.record);
  producer = await transport.producer({ clientId: 'test' });
});
afterAll(async () => {
  await transport.close();
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

function block(range: number, position: bigint, rows: readonly [number, string][]): Buffer {
  const prefix = Buffer.alloc(5);
  writeWirePrefix(prefix, 0, schemaIdOf(1, 0));
  const header = writeBlockHeader({ migration: 'm', generation: 1, table: 0, range, attempt: 'a', part: 0, last: true, position });
  const body = rows.flatMap(([id, name]) => [Buffer.from([2]), avroLong(BigInt(id)), Buffer.from([2]), avroString(name)]);
  return Buffer.concat([prefix, header, avroLong(0n), avroLong(0n), avroLong(BigInt(rows.length)), ...body, avroLong(0n)]);
}

const publish = async (spec: BatchSpec): Promise<void> => {
  for (const { value } of bench.messages(spec)) await producer.send([{ topic: changesTopic('m', 1), partition: 0, key: null, value }]);
};

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await condition()); ) {
    if (Date.now() > end) throw new Error('waited too long');
    await new Promise((next) => setTimeout(next, 20));
  }
}

function start(): { stop: () => Promise<void>; running: Promise<void> } {
  const abort = new AbortController();
  const running = runLoader({ pool: bench.pool, transport, record: bench.record, lanes: 1, groupSuffix: '', log, signal: abort.signal, onApplied: () => {}, onKeyed: () => {} });
  running.catch(() => {});
  const stop = async (): Promise<void> => {
    abort.abort();
    await running.catch(() => {});
  };
  return { stop, running };
}

const phase = async (): Promise<string> => (await bench.pool.query("SELECT phase FROM causeway.migration WHERE id = 'm'")).rows[0].phase;
const names = async (): Promise<string[]> => (await bench.rowsOf('t')).map((row) => `${(row as { id: bigint }).id}${(row as { name: string }).name}`);

// Invariant: I54
test('a fuzzy copy waits for the changes up to its newest block; then come the key, the constraints and the following', async () => {
  await bench.pool.query(`INSERT INTO causeway.schema_object (migration, generation, object_no, kind, table_no, name, fidelity, target_sql) VALUES ('m', 1, 1, 'index', 0, 'i', 'exact', 'CREATE UNIQUE INDEX i ON public.t (id)')`);
  await inTransaction(bench.pool, (client) => storeRanges(client, bench.g, 0, { ranges: [{ range: 0, lo: null, hi: null }, { range: 1, lo: null, hi: null }], complete: true }));
  let loader = start();
  // The row named "b" moved between the two blocks: the copy holds it twice.
  await producer.send([{ topic: snapshotTopic('m', 1), partition: 0, key: null, value: block(0, 3n, [[1, 'a'], [2, 'b']]) }]);
  await producer.send([{ topic: snapshotTopic('m', 1), partition: 0, key: null, value: block(1, 5n, [[9, 'b']]) }]);
  await until(async () => (await phase()) === 'loaded');
  await until(async () => (await readLive(bench.pool, 'm')).consistentAtId === 5n);
  await publish({ from: 0, to: 4, parts: [{ table: 't', keys: [{ name: 'b' }], rows: [{ id: 9, name: 'b' }] }] });
  await until(async () => (await bench.position()).applied === 4n);
  expect(await phase()).toBe('loaded');
  expect(await names()).toEqual(['1a', '9b']);
  await loader.stop();
  loader = start();
  await publish({ from: 4, to: 6, parts: [{ table: 't', keys: [{ name: 'c' }], rows: [{ id: 3, name: 'c' }] }] });
  await until(async () => (await readLive(bench.pool, 'm')).phase === 'following');
  expect(await phase()).toBe('built');
  expect((await bench.pool.query("SELECT conname FROM pg_constraint WHERE conrelid = 'public.t'::regclass AND contype = 'p'")).rowCount).toBe(1);
  expect((await bench.pool.query("SELECT to_regclass('public.i') AS i")).rows[0].i).not.toBeNull();
  expect(await targetFenceState(bench.pool, bench.contracts)).toBe('closed');
  await expect(bench.pool.query("INSERT INTO public.t VALUES (7, 'x')")).rejects.toMatchObject({ code: '25006' });
  await publish({ from: 6, to: 7, parts: [{ table: 't', keys: [{ name: 'a' }], rows: [] }] });
  await until(async () => (await bench.position()).applied === 7n);
  expect(await names()).toEqual(['3c', '9b']);
  expect((await readBeats(bench.pool, 'm')).map((beat) => beat.name)).toEqual(['loader']);
  await loader.stop();
}, 60_000);

// Invariant: I50
test('lost connections only make lag; a newer loader takes over for good', async () => {
  const loader = start();
  await publish({ from: 7, to: 8, parts: [{ table: 't', keys: [{ name: 'd' }], rows: [{ id: 4, name: 'd' }] }] });
  await until(async () => (await bench.position()).applied === 8n);
  await bench.pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'test'");
  await publish({ from: 8, to: 9, parts: [{ table: 't', keys: [{ name: 'd' }] }] });
  await until(async () => (await bench.position().catch(() => ({ applied: 0n }))).applied === 9n);
  const younger = await bench.lane();
  await publish({ from: 9, to: 10, parts: [{ table: 't', keys: [{ name: 'd' }] }] });
  await expect(loader.running).rejects.toMatchObject({ code: 'FENCED' });
  younger.close();
}, 60_000);
