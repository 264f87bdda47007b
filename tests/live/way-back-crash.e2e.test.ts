/** Readers and sinks that are killed at their durable steps, taken over, or late: nothing is lost, nothing is set back. */
import { backTopic } from '@causeway/contracts/topics';
import { BackReader } from '@causeway/extractor/back/back-reader';
import { BackTable } from '@causeway/extractor/back/back-table';
import { type BatchHeader, PartWriter } from '@causeway/extractor/publish/part-writer';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { WayBack } from './way-back.fixture.ts';

let way: WayBack;
beforeAll(async () => {
  way = await WayBack.open((file) => {
    const db = new Database(file);
    db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER UNIQUE, v); INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b')");
    db.close();
  });
});
afterEach(() => way.stopAll());
afterAll(() => way.close());

const inSqlite = (): unknown[] => way.read((db) => db.prepare('SELECT n FROM t ORDER BY id').pluck().all());
const inPostgres = async (): Promise<unknown[]> => (await way.app.query('SELECT n::int FROM t ORDER BY id')).rows.map((row) => row.n);
const level = async (): Promise<boolean> => (await way.queued()) === 0 && JSON.stringify(inSqlite()) === JSON.stringify(await inPostgres());

// Invariant: I73
test.each(['extractor.back_after_read', 'extractor.back_after_ack', 'extractor.back_after_delete'])('the reader killed at %s', async (point) => {
  way.sink();
  await way.app.query('UPDATE t SET n = n + 100 WHERE id = 1');
  await way.crash('reader', point);
  await way.app.query('UPDATE t SET n = n + 100 WHERE id = 2');
  way.reader();
  await way.until(level);
  expect(await way.problems()).toEqual([]);
});

// Invariant: I78
test.each(['loader.back_before_commit', 'loader.back_after_commit'])('the sink killed at %s', async (point) => {
  way.reader();
  await way.app.query('INSERT INTO t (id, n) SELECT max(id) + 1, max(n) + 1 FROM t');
  await way.crash('sink', point);
  await way.app.query('UPDATE t SET n = -n');
  way.sink();
  await way.until(level);
  expect(way.fact('pass')).toBe(0n);
  expect(await way.problems()).toEqual([]);
});

const header = (epoch: bigint, fence: bigint): BatchHeader => ({ ...way.g, version: 0, attempt: `test ${epoch} ${fence}`, batch: 0n, from: 0n, to: 0n, asOf: 0n, epoch, fence, seenMs: Date.now() });

async function publish(epoch: bigint, fence: bigint, n: number): Promise<void> {
  const table = new BackTable(way.contracts[0] as (typeof way.contracts)[number]);
  const producer = await way.transport.producer({ clientId: 'late' });
  const writer = new PartWriter(header(epoch, fence), (value) => producer.send([{ topic: backTopic(way.g.migration, way.g.generation), partition: 0, key: null, value }]));
  await writer.add(0, { cells: null, key: table.key(['1']) as Buffer, row: table.row(['["1"]', true, '1', String(n), null]) as Buffer, reject: null });
  await writer.end();
  await producer.close();
}

// Invariant: I73
test('a reader that was taken over reads nothing, publishes nothing and deletes nothing', async () => {
  const tables = way.contracts.map((contract) => new BackTable(contract));
  const zombie = await BackReader.claim(way.pool, way.g, tables);
  await way.app.query('UPDATE t SET n = n + 1000 WHERE id = 1');
  const sent: Buffer[] = [];
  const read = await zombie.inSnapshot('rows', async (client) => zombie.read(client, new PartWriter(header(zombie.epoch, 1n), async (m) => void sent.push(m))));
  await BackReader.claim(way.pool, way.g, tables);
  await expect(zombie.inSnapshot('rows', async () => 'read')).rejects.toMatchObject({ code: 'FENCED' });
  await expect(zombie.settle(read, 0n)).rejects.toMatchObject({ code: 'FENCED' });
  expect(await way.queued()).toBe(1);
  way.reader();
  way.sink();
  await way.until(level);
});

// Invariant: I78
test('late messages, of an earlier epoch or an earlier cutover, set nothing back; without the fence the sink stops', async () => {
  way.reader();
  way.sink();
  await way.app.query('UPDATE t SET n = n + 1 WHERE id = 1');
  await way.until(level);
  const was = inSqlite();
  const epoch = way.fact('back_epoch');
  expect(epoch).toBeGreaterThan(0n);
  await publish(epoch - 1n, 1n, 666);
  way.setFact('fence_attempt', 3n);
  await publish(epoch, 2n, 777);
  await way.until(() => way.steps.filter((step) => step.skipped).length >= 2);
  expect(inSqlite()).toEqual(was);
  await way.stopAll();
  way.setFact('fence_attempt', 0n);
  way.setFact('lifted_attempt', 3n);
  await publish(epoch, 3n, 888);
  await publish(epoch, 4n, 999);
  const sink = way.sink();
  await expect(sink.done).rejects.toMatchObject({ code: 'BACK_WITHOUT_FENCE' });
  expect(inSqlite()).toEqual(was);
});
