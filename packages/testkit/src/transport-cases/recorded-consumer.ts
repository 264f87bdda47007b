/** A consumer that writes down what happens to it. */
import type { ConsumerOptions, IncomingBatch, IncomingMessage, Transport, TransportConsumer } from '@causeway/runtime/transport/port';

export interface RecordedOptions extends ConsumerOptions {
  /** Where the durable store says to go on; asked at every assignment. */
  readonly start?: (partition: number) => bigint;
  readonly onBatch?: (batch: IncomingBatch) => Promise<void>;
}

export type ConsumerEvent =
  | { readonly what: 'assigned' | 'revoked'; readonly partitions: readonly number[] }
  | { readonly what: 'batch'; readonly partition: number; readonly first: bigint };

export class RecordedConsumer {
  readonly events: ConsumerEvent[] = [];
  readonly messages: IncomingMessage[] = [];
  readonly consumer: TransportConsumer;
  readonly done: Promise<void>;
  private readonly wakers = new Set<() => void>();

  private constructor(consumer: TransportConsumer, options: RecordedOptions) {
    this.consumer = consumer;
    this.done = consumer.run({
      onAssigned: async (partitions) => {
        this.note({ what: 'assigned', partitions });
        return new Map(partitions.map((partition) => [partition, options.start?.(partition) ?? 0n]));
      },
      onRevoked: async (partitions) => this.note({ what: 'revoked', partitions }),
      onBatch: async (batch) => {
        this.note({ what: 'batch', partition: batch.partition, first: (batch.messages[0] as IncomingMessage).offset });
        await options.onBatch?.(batch);
        this.messages.push(...batch.messages);
        this.wake();
      },
    });
    this.done.catch(() => this.wake());
  }

  static async start(transport: Transport, options: RecordedOptions): Promise<RecordedConsumer> {
    return new RecordedConsumer(await transport.consumer(options), options);
  }

  get assigned(): readonly number[] {
    const last = this.events.findLast((event) => event.what !== 'batch');
    return last?.what === 'assigned' ? last.partitions : [];
  }

  values(partition: number): string[] {
    return this.messages.filter((m) => m.partition === partition).map((m) => m.value.toString());
  }

  /** Resolves when it holds; rejects when the consumer fails first or time runs out. */
  async until(condition: () => boolean, what: string, limitMs = 30_000): Promise<void> {
    const deadline = performance.now() + limitMs;
    let failed = false;
    this.done.catch(() => {
      failed = true;
    });
    while (!condition()) {
      if (failed) return this.done;
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`waited in vain for ${what}: ${JSON.stringify(this.events.slice(-5), (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))}`);
      await this.change(Math.min(left, 100));
    }
  }

  stop(): Promise<void> {
    return this.consumer.stop();
  }

  private change(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wakers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      this.wakers.add(done);
    });
  }

  private note(event: ConsumerEvent): void {
    this.events.push(event);
    this.wake();
  }

  private wake(): void {
    for (const wake of [...this.wakers]) wake();
  }
}
