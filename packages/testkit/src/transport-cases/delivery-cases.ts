/** What is sent arrives, whole, in order, and bounded. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { TransportFixture } from '../transport-suite.ts';
import { TopicBench } from './bench-of-topics.ts';
import { RecordedConsumer } from './recorded-consumer.ts';

const MIB = 1024 * 1024;

export function deliveryCases(fixture: TransportFixture): void {
  const bench = TopicBench.of(fixture);
  const consume = (topic: string, more: object = {}): Promise<RecordedConsumer> => RecordedConsumer.start(bench.transport, { groupId: `${topic}.group`, topic, ...more });

  test('key, value, headers and time arrive as they were sent', async () => {
    const topic = await bench.newTopic(1);
    const before = Date.now();
    const value = randomBytes(1000);
    await bench.producer.send([
      { topic, partition: 0, key: Buffer.from([0, 255]), value, headers: { text: 'häder', bytes: Buffer.from([1, 0, 2]) } },
      { topic, partition: 0, key: null, value: Buffer.alloc(0) },
    ]);
    const consumer = await consume(topic);
    await consumer.until(() => consumer.messages.length === 2, 'both');
    const [first, second] = consumer.messages;
    expect(first).toMatchObject({ partition: 0, offset: 0n, key: Buffer.from([0, 255]), value, headers: { text: Buffer.from('häder'), bytes: Buffer.from([1, 0, 2]) } });
    expect(Math.abs((first?.timestampMs ?? 0) - before)).toBeLessThan(60_000);
    expect(second).toMatchObject({ offset: 1n, key: null, value: Buffer.alloc(0), headers: {} });
  });

  test('order within a partition is the order of the sends, awaited or not', async () => {
    const topic = await bench.newTopic(3);
    await Promise.all(Array.from({ length: 40 }, (_, n) => bench.fill(topic, 3, 5, n * 5)));
    const consumer = await consume(topic);
    await consumer.until(() => consumer.messages.length === 600, 'all');
    for (const partition of [0, 1, 2]) expect(consumer.values(partition)).toEqual(Array.from({ length: 200 }, (_, n) => `${partition}:${n}`));
  });

  test('messages of 7 MiB pass, on every partition', async () => {
    const topic = await bench.newTopic(3);
    const values = Array.from({ length: 6 }, () => randomBytes(7 * MIB));
    for (const [n, value] of values.entries()) await bench.producer.send([{ topic, partition: n % 3, key: null, value }]);
    const consumer = await consume(topic);
    await consumer.until(() => consumer.messages.length === 6, 'all');
    const expected = (partition: number): Buffer[] => values.filter((_, n) => n % 3 === partition);
    for (const partition of [0, 1, 2]) {
      const got = consumer.messages.filter((m) => m.partition === partition).map((m) => m.value);
      expect(got.every((value, n) => value.equals(expected(partition)[n] as Buffer))).toBe(true);
    }
  });

  test('batches hold about what was asked for', async () => {
    const topic = await bench.newTopic(1);
    for (let n = 0; n < 4; n++) await bench.producer.send(Array.from({ length: 8 }, () => ({ topic, partition: 0, key: null, value: Buffer.alloc(MIB / 8) })));
    const sizes: number[] = [];
    const consumer = await consume(topic, { batchBytes: MIB / 2, onBatch: async (b: { messages: readonly unknown[] }) => void sizes.push(b.messages.length) });
    await consumer.until(() => consumer.messages.length === 32, 'all');
    expect(Math.max(...sizes)).toBe(4);
  });

  test('an empty topic waits, and what comes is there soon', async () => {
    const topic = await bench.newTopic(2);
    const consumer = await consume(topic);
    await consumer.until(() => consumer.assigned.length === 2, 'assignment');
    await sleep(500);
    expect(consumer.messages).toHaveLength(0);
    const sent = performance.now();
    await bench.fill(topic, 1, 1);
    await consumer.until(() => consumer.messages.length === 1, 'the message');
    expect(performance.now() - sent).toBeLessThan(2_000);
  });

  test('a partition that is not there is refused', async () => {
    const topic = await bench.newTopic(1);
    await expect(bench.producer.send([{ topic, partition: 5, key: null, value: Buffer.alloc(1) }])).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
}
