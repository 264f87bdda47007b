/**
 * Consumes all partitions of a topic while it holds the group's lease. Without it, it waits; when it loses it, it lets
 * go of everything and waits again, as a member of a Kafka group would.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { Assignment, type BatchSource } from '../assignment.ts';
import { ConcurrencyGate } from '../concurrency-gate.ts';
import type { ConsumerHandlers, ConsumerOptions, TransportConsumer } from '../port.ts';
import { ChangeWatch } from './change-watch.ts';
import { Lease } from './lease.ts';
import { orUnusable } from './log-file.ts';
import { LogStore } from './log-store.ts';

const DEFAULT_CONCURRENCY = 2;
const DEFAULT_BATCH_BYTES = 4 * 1024 * 1024;

export interface EmbeddedConsumerDeps {
  readonly db: Database.Database;
  readonly file: string;
  readonly leaseMs: number;
  readonly release: () => void;
}

export class EmbeddedConsumer implements TransportConsumer {
  private readonly deps: EmbeddedConsumerDeps;
  private readonly options: ConsumerOptions;
  private readonly store: LogStore;
  private readonly watch: ChangeWatch;
  private readonly lease: Lease;
  private readonly stopping = new AbortController();
  private readonly positions = new Map<number, bigint>();
  private running: Promise<void> = Promise.resolve();

  constructor(deps: EmbeddedConsumerDeps, options: ConsumerOptions) {
    this.deps = deps;
    this.options = options;
    this.store = new LogStore(deps.db);
    this.watch = new ChangeWatch(deps.db);
    this.lease = new Lease(deps.db, { groupId: options.groupId, topic: options.topic, holder: randomUUID(), leaseMs: deps.leaseMs });
    options.signal?.addEventListener('abort', () => this.stopping.abort(), { once: true });
    if (options.signal?.aborted === true) this.stopping.abort();
  }

  run(handlers: ConsumerHandlers): Promise<void> {
    const run = this.turns(handlers);
    this.running = run.catch(() => {});
    return run;
  }

  commit(offsets: ReadonlyMap<number, bigint>): void {
    for (const [partition, next] of offsets) this.positions.set(partition, next);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.deps.release();
  }

  private async turns(handlers: ConsumerHandlers): Promise<void> {
    while (await this.takeLease()) await this.turn(handlers);
  }

  /** False when stopped before it was free. */
  private async takeLease(): Promise<boolean> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      if (orUnusable(this.deps.file, () => this.lease.tryTake(Date.now()))) return true;
      await sleep(Math.min(100, this.deps.leaseMs / 5), undefined, { signal }).catch(() => {});
    }
    return false;
  }

  /** One time of holding the lease: until it is lost, the consumer is stopped, or something fails. */
  private async turn(handlers: ConsumerHandlers): Promise<void> {
    let renewing: NodeJS.Timeout | undefined;
    let assignment: Assignment | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        if (this.stopping.signal.aborted) return resolve();
        this.stopping.signal.addEventListener('abort', () => resolve(), { once: true });
        const topic = orUnusable(this.deps.file, () => this.store.existingTopic(this.options.topic));
        renewing = setInterval(() => this.renew(resolve, reject), this.deps.leaseMs / 3);
        assignment = new Assignment({
          partitions: Array.from({ length: topic.partitions }, (_, partition) => partition),
          handlers,
          source: this.source(topic.id),
          gate: new ConcurrencyGate(this.options.concurrency ?? DEFAULT_CONCURRENCY),
          onFailure: reject,
        });
      });
    } finally {
      // The lease is kept up until the last batch has settled, so that nobody starts beside it.
      await assignment?.end();
      clearInterval(renewing);
      orUnusable(this.deps.file, () => {
        this.storePositions();
        this.lease.release();
      });
    }
  }

  private renew(lost: () => void, failed: (error: unknown) => void): void {
    try {
      orUnusable(this.deps.file, () => {
        if (!this.lease.renew(Date.now())) return lost();
        this.storePositions();
      });
    } catch (error) {
      failed(error);
    }
  }

  private storePositions(): void {
    const upsert = this.deps.db.prepare('INSERT OR REPLACE INTO consumed (group_id, topic, partition, next_offset) VALUES (?, ?, ?, ?)');
    for (const [partition, next] of this.positions) upsert.run(this.options.groupId, this.options.topic, partition, next);
    this.positions.clear();
  }

  private source(topicId: bigint): BatchSource {
    const { topic, batchBytes = DEFAULT_BATCH_BYTES } = this.options;
    const { file } = this.deps;
    return {
      open: async (starts) => {
        for (const [partition, start] of starts) orUnusable(file, () => this.store.checkedEnds(topic, topicId, partition, start));
      },
      take: async (partition, from, signal) => {
        for (;;) {
          signal.throwIfAborted();
          const { messages, high } = orUnusable(file, () => this.store.read(topic, topicId, partition, from, batchBytes));
          if (messages.length > 0) return { messages, highWatermark: high };
          await this.watch.changed(signal);
        }
      },
    };
  }
}
