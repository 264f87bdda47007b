import { setTimeout as sleep } from 'node:timers/promises';
import { TopicBench } from '@causeway/testkit/transport-cases/bench-of-topics';
import { RecordedConsumer } from '@causeway/testkit/transport-cases/recorded-consumer';
import { describe, expect, test } from '@jest/globals';
import type { IncomingBatch, Transport } from '../port.ts';

const PARTITIONS = 4;

/** What a target database does: rows and position together, and an epoch that grows with every claim. */
class DurableStore {
  readonly rows: string[][] = Array.from({ length: PARTITIONS }, () => []);
  private readonly epochs = new Array<number>(PARTITIONS).fill(0);
  private readonly next = new Array<bigint>(PARTITIONS).fill(0n);
  /** First offset of every assignment's first batch that was not the one that was asked for. */
  readonly misplaced: string[] = [];

  consume(transport: Transport, topic: string): Promise<RecordedConsumer> {
    const mine = new Map<number, number>();
    const fresh = new Map<number, bigint>();
    const start = (partition: number): bigint => {
      mine.set(partition, ++(this.epochs as [number])[partition as 0]);
      fresh.set(partition, this.next[partition] as bigint);
      return this.next[partition] as bigint;
    };
    const onBatch = async (batch: IncomingBatch): Promise<void> => {
      const { partition, messages, signal } = batch;
      const asked = fresh.get(partition);
      if (asked !== undefined && messages[0]?.offset !== asked) this.misplaced.push(`${partition}: ${messages[0]?.offset} for ${asked}`);
      fresh.delete(partition);
      await sleep(5);
      if (signal.aborted || mine.get(partition) !== this.epochs[partition]) return;
      for (const message of messages) this.rows[partition]?.push(message.value.toString());
      this.next[partition] = (messages.at(-1)?.offset ?? 0n) + 1n;
    };
    return RecordedConsumer.start(transport, { groupId: `${topic}.group`, topic, concurrency: 2, batchBytes: 200, start, onBatch });
  }

  get count(): number {
    return this.rows.reduce((sum, rows) => sum + rows.length, 0);
  }
}

describe('consumers that come and go', () => {
  const bench = TopicBench.of({
    name: 'kafka',
    config: () => ({ kind: 'kafka', brokers: (process.env.CAUSEWAY_TEST_BROKERS ?? '').split(','), clientId: 'causeway-rebalance', sessionMs: 6_000 }),
    takeoverMs: 6_000,
  });

  test('share the partitions, begin where the store is, lose and repeat nothing', async () => {
    const topic = await bench.newTopic(PARTITIONS);
    const store = new DurableStore();
    let writing = true;
    let sent = 0;
    const writer = (async () => {
      for (; writing; sent += 10) await bench.fill(topic, PARTITIONS, 10, sent);
    })();
    // Where the test fails first, its topic is removed under the writer.
    writer.catch(() => {});
    const first = await store.consume(bench.transport, topic);
    await first.until(() => store.count > 200, 'the first rows');
    const second = await store.consume(bench.transport, topic);
    await second.until(() => first.assigned.length === 2 && second.assigned.length === 2 && second.messages.length > 100, 'an even share');
    const third = await store.consume(bench.transport, topic);
    const all = [first, second, third];
    const shared = (): boolean => all.every((c) => c.assigned.length > 0) && all.reduce((sum, c) => sum + c.assigned.length, 0) === PARTITIONS;
    await third.until(() => shared() && third.messages.length > 20, 'a share of three');
    await second.stop();
    await first.until(() => first.assigned.length + third.assigned.length === PARTITIONS, 'the share of the one that left');
    await third.stop();
    await first.until(() => first.assigned.length === PARTITIONS, 'everything back');
    writing = false;
    await writer;
    await first.until(() => store.count === sent * PARTITIONS, 'the end');
    expect(store.misplaced).toEqual([]);
    for (const [partition, rows] of store.rows.entries()) expect(rows).toEqual(Array.from({ length: sent }, (_, n) => `${partition}:${n}`));
    expect(first.events.filter((e) => e.what === 'revoked').length).toBeGreaterThanOrEqual(3);
  });
});
