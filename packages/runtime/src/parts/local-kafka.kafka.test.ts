import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { startLocalKafka, type LocalKafka } from './local-kafka.ts';
import { startAndHang, waitFor } from './parts-process.fixture.ts';

let stateDir: string;
const started: LocalKafka[] = [];
const children: ChildProcess[] = [];

const start = async (): Promise<LocalKafka> => {
  const broker = await startLocalKafka({ stateDir, environment: process.env, signal: new AbortController().signal });
  started.push(broker);
  return broker;
};

const client = (broker: LocalKafka): Kafka => new Kafka({ brokers: [broker.brokers], clientId: 'test', logLevel: logLevel.NOTHING });

/** Brokers of this test's folder, by their command line. */
const brokers = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return line.includes('kafka.Kafka') && line.includes(join(stateDir, 'server.properties')) && !line.some((part) => part.startsWith('{'));
      } catch {
        return false;
      }
    })
    .map(Number);

beforeEach(() => {
  stateDir = join(mkdtempSync(join(tmpdir(), 'causeway-kafka-')), 'kafka');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const broker of started.splice(0)) await broker.stop();
  await waitFor(() => brokers().length === 0);
  rmSync(join(stateDir, '..'), { recursive: true, force: true });
});

test('messages survive a restart; a second broker on the folder is refused; stop leaves no process', async () => {
  const first = await start();
  expect(brokers()).toHaveLength(1);
  const admin = client(first).admin();
  await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }] });
  await admin.disconnect();
  const producer = client(first).producer();
  await producer.connect();
  await expect(producer.send({ topic: 'misspelt', messages: [{ value: 'x' }] })).rejects.toThrow();
  // Larger than Kafka's own default limit of 1 MiB.
  await producer.send({ topic: 'kept', messages: [{ value: Buffer.alloc(3 * 1024 * 1024, 'x') }] });
  await producer.disconnect();
  await expect(start()).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
  await first.stop();
  expect(brokers()).toHaveLength(0);
  const again = await start();
  const offsets = client(again).admin();
  expect(await offsets.fetchTopicOffsets('kept')).toMatchObject([{ partition: 0, high: '1' }]);
  await offsets.disconnect();
});

test('a starter that is killed with -9 leaves no broker, and the next one waits until the folder is free', async () => {
  const child = startAndHang('local-kafka', 'startLocalKafka', stateDir);
  children.push(child);
  await waitFor(() => brokers().length === 1 && existsSync(join(stateDir, 'data', 'meta.properties')), 30_000);
  child.kill('SIGKILL');
  const next = await start();
  expect(brokers()).toHaveLength(1);
  await next.stop();
  expect(brokers()).toHaveLength(0);
});

test('a keeper that is killed with -9 leaves no broker where the kernel can tell it', async () => {
  const broker = await start();
  const [pid] = brokers();
  const keeper = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  process.kill(keeper, 'SIGKILL');
  expect(await broker.lost).toMatchObject({ code: 'PART_FAILED' });
  await waitFor(() => brokers().length === 0);
  expect(brokers()).toHaveLength(0);
});
