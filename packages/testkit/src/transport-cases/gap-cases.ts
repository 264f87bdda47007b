/** What is not there any more, or never was, is told and not skipped. */
import { expect, test } from '@jest/globals';
import type { TransportFixture } from '../transport-suite.ts';
import { TopicBench } from './bench-of-topics.ts';
import { RecordedConsumer, type RecordedOptions } from './recorded-consumer.ts';

export function gapCases(fixture: TransportFixture): void {
  const bench = TopicBench.of(fixture);
  const consume = (topic: string, more: Partial<RecordedOptions> = {}): Promise<RecordedConsumer> =>
    RecordedConsumer.start(bench.transport, { groupId: `${topic}.group`, topic, ...more });
  const renew = async (topic: string): Promise<void> => {
    await bench.admin.deleteTopic(topic);
    await bench.admin.createTopic({ name: topic, partitions: 1, replication: -1, config: {} });
  };

  // Invariant: I9
  test('removed messages', async () => {
    const topic = await bench.newTopic(2);
    await bench.fill(topic, 2, 10);
    await bench.admin.trim(topic, 1, 6n);
    const consumer = await consume(topic, { start: () => 5n });
    await expect(consumer.done).rejects.toMatchObject({ code: 'TRANSPORT_GAP', message: expect.stringContaining('6 to 10') });
    expect(consumer.messages).toHaveLength(0);
    const exact = await consume(topic, { start: () => 6n });
    await exact.until(() => exact.messages.length === 8, 'the rest');
  });

  test('a topic made anew', async () => {
    const topic = await bench.newTopic(1);
    await bench.fill(topic, 1, 10);
    await renew(topic);
    await bench.fill(topic, 1, 3);
    const consumer = await consume(topic, { start: () => 10n });
    await expect(consumer.done).rejects.toMatchObject({ code: 'TRANSPORT_GAP', message: expect.stringContaining('0 to 3') });
    expect(consumer.messages).toHaveLength(0);
  });

  test('a topic made anew under a consumer at work', async () => {
    const topic = await bench.newTopic(1);
    await bench.fill(topic, 1, 10);
    // The durable store's position: what was delivered.
    let next = 0n;
    const consumer = await consume(topic, {
      start: () => next,
      onBatch: async (batch) => {
        next = (batch.messages.at(-1)?.offset ?? 0n) + 1n;
      },
    });
    await consumer.until(() => next === 10n, 'all');
    await renew(topic);
    await expect(consumer.done).rejects.toMatchObject({ code: 'TRANSPORT_GAP' });
    expect(consumer.messages).toHaveLength(10);
  });

  test('a topic that is not there', async () => {
    const consumer = await consume(bench.newName());
    await expect(consumer.done).rejects.toMatchObject({ code: 'TRANSPORT_GAP' });
  });
}
