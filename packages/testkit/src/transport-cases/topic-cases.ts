/** Topics: made once, checked, trimmed, read whole, removed. */
import { expect, test } from '@jest/globals';
import type { TransportFixture } from '../transport-suite.ts';
import { TopicBench } from './bench-of-topics.ts';

export function topicCases(fixture: TransportFixture): void {
  const bench = TopicBench.of(fixture);

  test('a topic is made once', async () => {
    const spec = { name: bench.newName(), partitions: 3, replication: -1, config: { 'retention.ms': '3600000' } };
    expect(await bench.admin.createTopic(spec)).toBe('created');
    expect(await bench.admin.createTopic(spec)).toBe('exists');
    expect(await bench.admin.endOffsets(spec.name)).toEqual([0, 1, 2].map((partition) => ({ partition, low: 0n, high: 0n })));
  });

  // Invariant: I18
  test('a topic with other partitions is refused', async () => {
    const name = await bench.newTopic(2);
    await expect(bench.admin.createTopic({ name, partitions: 3, replication: -1, config: {} })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  test('removing what is not there is no error, asking for its ends is', async () => {
    const name = bench.newName();
    await bench.admin.deleteTopic(name);
    await expect(bench.admin.endOffsets(name)).rejects.toMatchObject({ code: 'TRANSPORT_GAP' });
  });

  test('a topic is removed with what it holds', async () => {
    const name = await bench.newTopic(1);
    await bench.fill(name, 1, 5);
    await bench.admin.deleteTopic(name);
    await bench.admin.createTopic({ name, partitions: 1, replication: -1, config: {} });
    expect(await bench.admin.endOffsets(name)).toEqual([{ partition: 0, low: 0n, high: 0n }]);
  });

  test('trim removes what is before an offset, once or twice, but not beyond the end', async () => {
    const name = await bench.newTopic(2);
    await bench.fill(name, 2, 10);
    await bench.admin.trim(name, 1, 4n);
    await bench.admin.trim(name, 1, 2n);
    expect(await bench.admin.endOffsets(name)).toEqual([
      { partition: 0, low: 0n, high: 10n },
      { partition: 1, low: 4n, high: 10n },
    ]);
    await bench.admin.trim(name, 1, 10n);
    await expect(bench.admin.trim(name, 1, 11n)).rejects.toMatchObject({ code: 'TRANSPORT_GAP' });
    expect((await bench.admin.endOffsets(name))[1]).toEqual({ partition: 1, low: 10n, high: 10n });
  });

  test('everything that a partition holds can be read', async () => {
    const name = await bench.newTopic(2);
    await bench.fill(name, 2, 50);
    await bench.admin.trim(name, 1, 7n);
    const values: string[] = [];
    for await (const message of bench.admin.readAll(name, 1)) values.push(message.value.toString());
    expect(values).toEqual(Array.from({ length: 43 }, (_, n) => `1:${n + 7}`));
    const empty = await bench.newTopic(1);
    for await (const message of bench.admin.readAll(empty, 0)) throw new Error(`unexpected ${message.offset}`);
  });
}
