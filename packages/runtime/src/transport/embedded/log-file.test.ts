import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { createLog } from '../../log.ts';
import { connectTransport } from '../connect-transport.ts';
import type { Transport } from '../port.ts';

const BEYOND_DOUBLE = 2n ** 53n + 1n;
let folder: string;
let file: string;
let transport: Transport;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-log-'));
  file = join(folder, 'log.sqlite');
  transport = await connectTransport({ kind: 'embedded', file, leaseMs: 600 }, { log: createLog('test', 'silent') });
});

afterEach(async () => {
  await transport.close();
  rmSync(folder, { recursive: true });
});

describe('the file of the embedded log', () => {
  test('is for its owner only', async () => {
    await transport.admin();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
  });

  test.each(['another database', 'no database'])('%s is refused and left as it is', async (what) => {
    if (what === 'no database') writeFileSync(file, 'x'.repeat(5000));
    else new Database(file).exec('CREATE TABLE precious (a)').close();
    const before = statSync(file).size;
    await expect(transport.admin()).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
    expect(statSync(file).size).toBe(before);
    if (what === 'another database') expect(new Database(file, { readonly: true }).pragma('journal_mode', { simple: true })).toBe('delete');
  });

  test('a folder that is not there is told', async () => {
    const elsewhere = await connectTransport({ kind: 'embedded', file: join(folder, 'none', 'log') }, { log: createLog('test', 'silent') });
    await expect(elsewhere.producer()).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
  });

  test('offsets keep all of their 64 bits', async () => {
    const admin = await transport.admin();
    await admin.createTopic({ name: 't', partitions: 1, replication: 1, config: {} });
    new Database(file).exec(`UPDATE partition SET low = ${BEYOND_DOUBLE}, high = ${BEYOND_DOUBLE}`).close();
    const producer = await transport.producer();
    await producer.send([1, 2].map((n) => ({ topic: 't', partition: 0, key: null, value: Buffer.from([n]) })));
    expect(await admin.endOffsets('t')).toEqual([{ partition: 0, low: BEYOND_DOUBLE, high: BEYOND_DOUBLE + 2n }]);
    const offsets: bigint[] = [];
    for await (const message of admin.readAll('t', 0)) offsets.push(message.offset);
    expect(offsets).toEqual([BEYOND_DOUBLE, BEYOND_DOUBLE + 1n]);
  });

  test('a bounded topic makes the sender wait until it is trimmed', async () => {
    const admin = await transport.admin();
    await admin.createTopic({ name: 't', partitions: 1, replication: 1, config: { 'causeway.backlog.bytes': '3000' } });
    const producer = await transport.producer();
    let sent = 0;
    const sending = (async () => {
      for (; sent < 6; sent++) await producer.send([{ topic: 't', partition: 0, key: null, value: Buffer.alloc(1000) }]);
    })();
    await sleep(300);
    expect(sent).toBe(3);
    await admin.trim('t', 0, 2n);
    await sleep(300);
    expect(sent).toBe(5);
    await admin.trim('t', 0, 5n);
    await sending;
    expect(await admin.endOffsets('t')).toEqual([{ partition: 0, low: 5n, high: 6n }]);
  });

  test('room that was trimmed is used again', async () => {
    const admin = await transport.admin();
    await admin.createTopic({ name: 't', partitions: 1, replication: 1, config: {} });
    const producer = await transport.producer();
    for (let n = 0n; n < 60n; n++) {
      await producer.send([{ topic: 't', partition: 0, key: null, value: Buffer.alloc(500_000) }]);
      if (n > 4n) await admin.trim('t', 0, n - 4n);
    }
    expect(statSync(file).size).toBeLessThan(10_000_000);
  });

  test('a second consumer of a group waits for the first to stop', async () => {
    const admin = await transport.admin();
    await admin.createTopic({ name: 't', partitions: 1, replication: 1, config: {} });
    const order: string[] = [];
    const start = async (name: string): Promise<() => Promise<void>> => {
      const consumer = await transport.consumer({ groupId: 'g', topic: 't' });
      const done = consumer.run({
        onAssigned: async () => {
          order.push(`${name} assigned`);
          return new Map();
        },
        onRevoked: async () => void order.push(`${name} revoked`),
        onBatch: async () => {},
      });
      return async () => {
        await consumer.stop();
        await done;
      };
    };
    const stopFirst = await start('first');
    const stopSecond = await start('second');
    await sleep(1_500);
    expect(order).toEqual(['first assigned']);
    await stopFirst();
    await sleep(400);
    await stopSecond();
    expect(order).toEqual(['first assigned', 'first revoked', 'second assigned', 'second revoked']);
  });
});
