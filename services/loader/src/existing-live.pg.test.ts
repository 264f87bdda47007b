/** A live migration into the application's own tables: their triggers act neither on the snapshot nor on the changes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { avroLong, avroString, writeBlockHeader } from '@causeway/contracts/block-header';
import { schemaIdOf } from '@causeway/contracts/schema-id';
import { changesTopic, snapshotTopic } from '@causeway/contracts/topics';
import { writeWirePrefix } from '@causeway/contracts/wire';
import { readLive } from '@causeway/control/live/live-record';
import { storeRanges } from '@causeway/control/record/table-record';
import { openTarget, removeTargetFence, targetFenceState } from '@causeway/control/target/target-fence';
import { ensureTopics } from '@causeway/control/topics/ensure-topics';
import { createLog } from '@causeway/runtime/log';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import { expect, test } from '@jest/globals';
import { runLoader } from './loader.ts';
import { StreamBench } from './stream/stream-bench.fixture.ts';

const log = createLog('loader', 'silent');
const EXISTING = `
  CREATE TABLE public.person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE);
  CREATE TABLE public.audit (what text);
  CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.audit VALUES (NEW.name); RETURN NEW; END $$;
  CREATE TRIGGER noting BEFORE INSERT OR UPDATE ON public.person FOR EACH ROW EXECUTE FUNCTION public.note();
  CREATE TRIGGER always BEFORE INSERT ON public.person FOR EACH ROW EXECUTE FUNCTION public.note();
  ALTER TABLE public.person ENABLE ALWAYS TRIGGER always;
  CREATE TABLE public.pet (id bigint PRIMARY KEY, owner bigint REFERENCES public.person ON DELETE CASCADE)`;

function block(table: number, rows: readonly Buffer[]): Buffer {
  const prefix = Buffer.alloc(5);
  writeWirePrefix(prefix, 0, schemaIdOf(1, table));
  const header = writeBlockHeader({ migration: 'm', generation: 1, table, range: 0, attempt: 'a', part: 0, last: true, position: 0n });
  return Buffer.concat([prefix, header, avroLong(0n), avroLong(0n), avroLong(BigInt(rows.length)), ...rows, avroLong(0n)]);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await condition()); ) {
    if (Date.now() > end) throw new Error('waited too long');
    await new Promise((next) => setTimeout(next, 20));
  }
}

test.each([false, true])('plain role: %s', async (plain) => {
  const specs = [
    { name: 'person', columns: { id: 'int8', name: 'text' }, key: ['id'] },
    { name: 'pet', columns: { id: 'int8', owner: 'int8' }, key: ['id'] },
  ] as const;
  const bench = await StreamBench.open(specs, { existing: EXISTING, plain });
  const folder = mkdtempSync(join(tmpdir(), 'causeway-existing-'));
  const transport = await connectTransport({ kind: 'embedded', file: join(folder, 'log.sqlite') }, { log });
  const abort = new AbortController();
  try {
    const triggers = async (): Promise<unknown> => (await bench.pool.query("SELECT tgname, tgenabled, pg_get_triggerdef(oid) AS text FROM pg_trigger WHERE tgrelid = 'public.person'::regclass AND NOT tgisinternal AND tgname !~ 'causeway' ORDER BY 1")).rows;
    const before = await triggers();
    await ensureTopics(transport, bench.record);
    const one = { ranges: [{ range: 0, lo: null, hi: null }], complete: true };
    await inTransaction(bench.pool, async (client) => {
      await storeRanges(client, bench.g, 0, one);
      await storeRanges(client, bench.g, 1, one);
    });
    const running = runLoader({ pool: bench.loaderPool, transport, record: bench.record, lanes: 1, groupSuffix: '', log, signal: abort.signal, onApplied: () => {}, onKeyed: () => {} });
    running.catch(() => abort.abort());
    const producer = await transport.producer();
    const person = Buffer.concat([Buffer.from([2]), avroLong(1n), Buffer.from([2]), avroString('a')]);
    const pet = Buffer.concat([Buffer.from([2]), avroLong(5n), Buffer.from([2]), avroLong(1n)]);
    for (const [table, row] of [person, pet].entries()) await producer.send([{ topic: snapshotTopic('m', 1), partition: 0, key: null, value: block(table, [row]) }]);
    await until(async () => abort.signal.aborted || (await readLive(bench.pool, 'm')).phase === 'following');
    if (abort.signal.aborted) await running;
    for (const { value } of bench.messages({ from: 0, to: 1, parts: [{ table: 'person', keys: [{ id: 1 }, { id: 2 }], rows: [{ id: 1, name: 'b' }, { id: 2, name: 'a' }] }] })) await producer.send([{ topic: changesTopic('m', 1), partition: 0, key: null, value }]);
    await until(async () => (await bench.position()).applied === 1n);
    expect(await bench.rowsOf('person')).toEqual([{ id: 1n, name: 'b' }, { id: 2n, name: 'a' }]);
    expect(await bench.rowsOf('pet')).toEqual([{ id: 5n, owner: 1n }]);
    expect(await bench.rowsOf('audit')).toEqual([]);
    expect(await targetFenceState(bench.pool, bench.contracts)).toBe('closed');
    expect(await triggers()).not.toEqual(before);
    await inTransaction(bench.loaderPool, (client) => openTarget(client, bench.g, bench.contracts));
    expect(await triggers()).toEqual(before);
    await bench.pool.query("INSERT INTO public.person (name) VALUES ('c') ON CONFLICT DO NOTHING").catch(() => {});
    await inTransaction(bench.loaderPool, (client) => removeTargetFence(client, bench.g, bench.contracts));
    expect((await bench.pool.query("SELECT 1 FROM pg_trigger WHERE tgname ~ 'causeway'")).rowCount).toBe(0);
  } finally {
    abort.abort();
    await transport.close();
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
