/** Where consumers begin, how many work at once, and how they end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { IncomingBatch } from '@causeway/runtime/transport/port';
import type { TransportFixture } from '../transport-suite.ts';
import { TopicBench } from './bench-of-topics.ts';
import { RecordedConsumer, type RecordedOptions } from './recorded-consumer.ts';

export function assignmentCases(fixture: TransportFixture): void {
  const bench = TopicBench.of(fixture);
  const consume = (topic: string, more: Partial<RecordedOptions> = {}): Promise<RecordedConsumer> =>
    RecordedConsumer.start(bench.transport, { groupId: `${topic}.group`, topic, ...more });

  // Invariant: I5
  test('delivery begins exactly where the durable store says, whatever was committed', async () => {
    const topic = await bench.newTopic(2);
    await bench.fill(topic, 2, 100);
    const first = await consume(topic);
    await first.until(() => first.messages.length === 200, 'all');
    first.consumer.commit(new Map([[0, 100n], [1, 100n]]));
    await first.stop();
    const second = await consume(topic, { start: (partition) => (partition === 0 ? 37n : 99n) });
    await second.until(() => second.messages.length === 64, 'the rest');
    expect(second.messages.find((m) => m.partition === 0)?.offset).toBe(37n);
    expect(second.messages.find((m) => m.partition === 1)?.offset).toBe(99n);
    await sleep(300);
    expect(second.messages).toHaveLength(64);
  });

  test('starting at the end is allowed', async () => {
    const topic = await bench.newTopic(1);
    await bench.fill(topic, 1, 3);
    const consumer = await consume(topic, { start: () => 3n });
    await consumer.until(() => consumer.assigned.length === 1, 'assignment');
    await bench.fill(topic, 1, 1, 3);
    await consumer.until(() => consumer.messages.length === 1, 'the new one');
    expect(consumer.values(0)).toEqual(['0:3']);
  });

  test('partitions are consumed at the same time up to the limit, one partition never twice', async () => {
    for (const concurrency of [1, 2]) {
      const topic = await bench.newTopic(4);
      await bench.fill(topic, 4, 20);
      const busy = new Set<number>();
      let most = 0;
      const onBatch = async ({ partition }: IncomingBatch): Promise<void> => {
        expect(busy.has(partition)).toBe(false);
        busy.add(partition);
        most = Math.max(most, busy.size);
        await sleep(30);
        busy.delete(partition);
      };
      const consumer = await consume(topic, { concurrency, batchBytes: 12, onBatch });
      await consumer.until(() => consumer.messages.length === 80, 'all');
      await consumer.stop();
      expect(most).toBe(concurrency);
    }
  });

  test('a batch may take longer than a silent consumer would be kept', async () => {
    const topic = await bench.newTopic(1);
    await bench.fill(topic, 1, 1);
    const consumer = await consume(topic, { onBatch: () => sleep(fixture.takeoverMs * 1.5) });
    const rival = await consume(topic);
    await consumer.until(() => consumer.messages.length + rival.messages.length > 0, 'the batch', fixture.takeoverMs * 4);
    // Whoever got it was left alone: with a rival in a group, a rebalance may have come first, but only at the beginning.
    expect(consumer.messages.length + rival.messages.length).toBe(1);
  });

  test('stop aborts what is in flight, waits for it, and gives the partitions back', async () => {
    const topic = await bench.newTopic(1);
    await bench.fill(topic, 1, 1);
    let settled = false;
    const onBatch = async ({ signal }: IncomingBatch): Promise<void> => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await sleep(100);
      settled = true;
      throw new Error('its work was cut off');
    };
    const consumer = await consume(topic, { onBatch });
    await consumer.until(() => consumer.events.some((e) => e.what === 'batch'), 'a batch');
    await consumer.stop();
    expect(settled).toBe(true);
    await consumer.done;
    expect(consumer.events.at(-1)).toEqual({ what: 'revoked', partitions: [0] });
  });

  test('aborting the signal is stop, before or after the start', async () => {
    const topic = await bench.newTopic(1);
    await bench.fill(topic, 1, 1);
    const control = new AbortController();
    const consumer = await consume(topic, { signal: control.signal });
    await consumer.until(() => consumer.messages.length === 1, 'the message');
    control.abort();
    await consumer.done;
    const late = await consume(topic, { signal: control.signal });
    await late.done;
    expect(late.messages).toHaveLength(0);
  });

  test('an error of onBatch stops the consumer and is handed on as it is', async () => {
    const topic = await bench.newTopic(2);
    await bench.fill(topic, 2, 5);
    const poison = new Error('poison');
    let calls = 0;
    const onBatch = async (): Promise<void> => {
      calls++;
      throw poison;
    };
    const consumer = await consume(topic, { concurrency: 1, onBatch });
    await expect(consumer.done).rejects.toBe(poison);
    await sleep(500);
    expect(calls).toBe(1);
    expect(consumer.events.at(-1)).toEqual({ what: 'revoked', partitions: [0, 1] });
  });

  test('an error of onAssigned stops the consumer', async () => {
    const topic = await bench.newTopic(1);
    const refused = new Error('no claim');
    const start = (): bigint => {
      throw refused;
    };
    const consumer = await consume(topic, { start });
    await expect(consumer.done).rejects.toBe(refused);
  });
}
