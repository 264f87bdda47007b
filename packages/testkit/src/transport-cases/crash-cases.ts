/** Processes that are killed or suspended. */
import { expect, test } from '@jest/globals';
import type { TransportFixture } from '../transport-suite.ts';
import { TopicBench } from './bench-of-topics.ts';
import { TransportChild } from './child-process.ts';
import { RecordedConsumer } from './recorded-consumer.ts';

export function crashCases(fixture: TransportFixture): void {
  const bench = TopicBench.of(fixture);
  const consume = (topic: string, start: (partition: number) => bigint = () => 0n): Promise<RecordedConsumer> =>
    RecordedConsumer.start(bench.transport, { groupId: `${topic}.group`, topic, start });

  // Invariant: I8
  test('what a killed producer was told to be durable is there, in order', async () => {
    const topic = await bench.newTopic(1);
    const child = new TransportChild({ config: fixture.config(), topic, role: 'produce' });
    await child.until((lines) => lines.length >= 50);
    await child.kill();
    const told = child.lines.length;
    const values: string[] = [];
    for await (const message of bench.admin.readAll(topic, 0)) values.push(message.value.toString());
    // The one in flight may have been written as well.
    expect([told, told + 1]).toContain(values.length);
    expect(values).toEqual(values.map((_, n) => String(n)));
  });

  test('what a killed consumer had read comes again from where the durable store is', async () => {
    const topic = await bench.newTopic(1);
    await bench.fill(topic, 1, 100);
    const child = new TransportChild({ config: fixture.config(), topic, role: 'consume' });
    await child.until((lines) => lines.some((line) => line.startsWith('batch')));
    await child.kill();
    const next = await consume(topic, () => 40n);
    await next.until(() => next.messages.length === 60, 'the rest', fixture.takeoverMs * 5);
    expect(next.messages[0]?.offset).toBe(40n);
  });

  test('a suspended consumer is replaced, and learns it when it wakes', async () => {
    const topic = await bench.newTopic(1);
    await bench.fill(topic, 1, 10);
    const child = new TransportChild({ config: fixture.config(), topic, role: 'consume' });
    try {
      await child.until((lines) => lines.some((line) => line.startsWith('batch')));
      child.signal('SIGSTOP');
      const next = await consume(topic, () => 7n);
      await next.until(() => next.messages.length === 3, 'the rest', fixture.takeoverMs * 5);
      expect(next.messages[0]?.offset).toBe(7n);
      child.signal('SIGCONT');
      await child.until((lines) => lines.some((line) => line.startsWith('revoked')), fixture.takeoverMs * 5);
    } finally {
      await child.kill();
    }
  });
}
