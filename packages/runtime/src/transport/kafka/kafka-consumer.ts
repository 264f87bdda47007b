/**
 * A group consumer whose start offsets come from the durable store. kafkajs decides which partitions; everything about
 * offsets is ours: it never commits by itself, its resets are refused, and what does not fit the expected offset is dropped.
 */
import { Failure } from '@causeway/contracts/failures';
import type { Consumer, ConsumerCrashEvent, EachBatchPayload, Kafka } from 'kafkajs';
import { Assignment } from '../assignment.ts';
import { ConcurrencyGate } from '../concurrency-gate.ts';
import type { ConsumerHandlers, ConsumerOptions, TransportConsumer } from '../port.ts';
import { BrokerDeadline } from './broker-deadline.ts';
import { incomingMessage } from './incoming-message.ts';
import type { KafkaAdmin } from './kafka-admin.ts';
import { type KafkaEvents, tellEvents } from './kafka-events.ts';
import { kafkaFailure } from './kafka-failure.ts';
import { LaneBuffers } from './lane-buffers.ts';

const DEFAULT_CONCURRENCY = 2;
const DEFAULT_BATCH_BYTES = 4 * 1024 * 1024;
/** The largest record batch that a topic takes (8 MiB), so that no partition can be stuck behind one that never fits. */
const FETCH_PARTITION_BYTES = 8 * 1024 * 1024 + 1024;
/** Two full partitions a fetch: the default concurrency. */
const FETCH_BYTES = 2 * FETCH_PARTITION_BYTES;
/** How long a fetch may wait at the end of the log. Also how late a resumed partition is noticed, hence short. */
const FETCH_WAIT_MS = 100;
/** A broker that is there lets a member go in milliseconds. */
const LEAVE_MS = 5_000;
const LOOK_MS = 1_000;
/** Longer than a fetch may wait and than a request may take. */
const FETCH_STUCK_MS = 40_000;
/** A seek takes effect at the next fetch; more fetches off the mark than this mean that the offset is not there. */
const MAX_STALE = 5;

export interface KafkaConsumerDeps {
  readonly kafka: Kafka;
  readonly admin: KafkaAdmin;
  readonly deadline: BrokerDeadline;
  readonly sessionMs: number;
  readonly events?: KafkaEvents | undefined;
}

export class KafkaConsumer implements TransportConsumer {
  private readonly options: ConsumerOptions;
  private readonly deps: KafkaConsumerDeps;
  private readonly consumer: Consumer;
  private readonly buffers: LaneBuffers;
  private readonly gate: ConcurrencyGate;
  private readonly stale = new Map<number, number>();
  private handlers: ConsumerHandlers | undefined;
  private assignment: Assignment | undefined;
  /** Ends and begins of assignments, one after the other. */
  private turns: Promise<void> = Promise.resolve();
  private settle: (error?: unknown) => void = () => {};
  private stopped: Promise<void> | undefined;
  private readonly positions = new Map<number, bigint>();
  private committing = false;
  private lastFetch = performance.now();
  private refusedSince: number | undefined;

  constructor(deps: KafkaConsumerDeps, options: ConsumerOptions) {
    this.deps = deps;
    this.options = options;
    this.gate = new ConcurrencyGate(options.concurrency ?? DEFAULT_CONCURRENCY);
    this.consumer = deps.kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: deps.sessionMs,
      heartbeatInterval: deps.sessionMs / 10,
      // Members rejoin at once, as nothing of theirs is awaited for it.
      rebalanceTimeout: deps.sessionMs * 2,
      maxBytesPerPartition: FETCH_PARTITION_BYTES,
      maxBytes: FETCH_BYTES,
      minBytes: 1,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5, restartOnFailure: async (error) => this.mayRestart(error) },
    });
    tellEvents(this.consumer, deps.events);
    const { topic } = options;
    this.buffers = new LaneBuffers({
      batchBytes: options.batchBytes ?? DEFAULT_BATCH_BYTES,
      pause: (partition) => this.consumer.pause([{ topic, partitions: [partition] }]),
      resume: (partition) => this.consumer.resume([{ topic, partitions: [partition] }]),
    });
  }

  connect(): Promise<void> {
    return this.consumer.connect();
  }

  async run(handlers: ConsumerHandlers): Promise<void> {
    this.handlers = handlers;
    const { topic, signal } = this.options;
    const settled = new Promise<void>((resolve, reject) => {
      this.settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    settled.catch(() => {});
    const unwatch = this.deps.deadline.watch(this.settle);
    const fetching = setInterval(() => this.checkFetches(), LOOK_MS);
    const onAbort = (): void => void this.stop();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      if (signal?.aborted === true || this.stopped !== undefined) return;
      this.listen();
      await this.start().catch((error) => this.settle(kafkaFailure(error, `consuming ${topic}`)));
      await settled;
    } finally {
      unwatch();
      clearInterval(fetching);
      signal?.removeEventListener('abort', onAbort);
      // Also after a failure: a member that stays in the group would keep its partitions from the others.
      void this.stop();
      await this.turns;
    }
  }

  private async start(): Promise<void> {
    await this.consumer.subscribe({ topic: this.options.topic, fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Handing over to the lanes takes no time; how many of them work at once is the gate's business.
      partitionsConsumedConcurrently: 1,
      eachBatch: (payload) => this.fetched(payload),
    });
  }

  commit(offsets: ReadonlyMap<number, bigint>): void {
    for (const [partition, next] of offsets) this.positions.set(partition, next);
    if (!this.committing) void this.sendPositions();
  }

  stop(): Promise<void> {
    this.stopped ??= this.shutDown();
    return this.stopped;
  }

  private async shutDown(): Promise<void> {
    void this.revoke();
    await this.turns;
    await this.sendPositions();
    // Leaving is a courtesy to the other members; its answer may never come.
    const leaving = new BrokerDeadline([], LEAVE_MS);
    await leaving.race(Promise.all([this.consumer.disconnect(), this.deps.admin.close()])).catch(() => {});
    this.settle();
  }

  private listen(): void {
    const { GROUP_JOIN, CRASH, REBALANCING, REQUEST, FETCH } = this.consumer.events;
    const { topic } = this.options;
    this.consumer.on(REQUEST, () => this.deps.deadline.answered());
    this.consumer.on(FETCH, () => this.fetchedNow());
    this.consumer.on(GROUP_JOIN, ({ payload }) => this.assigned(payload.memberAssignment[topic] ?? []));
    this.consumer.on(REBALANCING, () => void this.revoke());
    this.consumer.on(CRASH, ({ payload }) => this.crashed(payload));
  }

  private fetchedNow(): void {
    this.lastFetch = performance.now();
  }

  /**
   * Heartbeats that are answered while no fetch ends, or fetches for partitions that nobody holds: the client has lost its way
   * (seen once in hundreds of broker crashes). A new consumer goes on from the durable position.
   */
  private checkFetches(): void {
    const now = performance.now();
    const silent = this.assignment !== undefined && now - this.lastFetch > FETCH_STUCK_MS && this.deps.deadline.silentMs < FETCH_STUCK_MS / 2;
    if (silent || now - (this.refusedSince ?? now) > FETCH_STUCK_MS) this.settle(new Failure('BROKER_UNREACHABLE', `nothing of ${this.options.topic} has come for ${FETCH_STUCK_MS / 1000} s, though brokers answer`));
  }

  private crashed({ error, restart }: ConsumerCrashEvent['payload']): void {
    void this.revoke();
    if (restart || this.stopped !== undefined) return;
    this.settle(this.deps.deadline.expired ? this.deps.deadline.failure(error) : kafkaFailure(error, `consuming ${this.options.topic}`));
  }

  /** kafkajs starts anew after any retriable error, for ever. */
  private mayRestart(error: Error): boolean {
    if (this.stopped !== undefined || this.deps.deadline.expired) return false;
    return kafkaFailure(error, '').code === 'BROKER_UNREACHABLE' || kafkaFailure(error, '').code === 'INTERNAL';
  }

  /** Called while kafkajs is between joining and fetching, so the pause comes before the first fetch. */
  private assigned(partitions: readonly number[]): void {
    const { topic } = this.options;
    if (partitions.length > 0) this.consumer.pause([{ topic, partitions: [...partitions] }]);
    this.fetchedNow();
    this.refusedSince = undefined;
    void this.revoke();
    this.turns = this.turns.then(() => {
      if (this.stopped !== undefined || partitions.length === 0) return;
      this.assignment = new Assignment({
        partitions,
        handlers: this.handlers as ConsumerHandlers,
        gate: this.gate,
        source: { open: (starts) => this.open(starts), take: (partition, _from, signal) => this.buffers.take(partition, signal) },
        onFailure: this.settle,
      });
    });
  }

  private revoke(): Promise<void> {
    const ending = this.assignment;
    this.assignment = undefined;
    const ended = ending?.end();
    this.turns = this.turns.then(async () => {
      await ended?.catch(this.settle);
      // An assignment that was made by a turn before this one.
      const late = this.assignment;
      this.assignment = undefined;
      await late?.end().catch(this.settle);
      this.buffers.close();
    });
    return this.turns;
  }

  private async open(starts: ReadonlyMap<number, bigint>): Promise<void> {
    const { topic } = this.options;
    await this.checkLog(starts);
    for (const [partition, next] of starts) {
      this.stale.delete(partition);
      this.buffers.open(partition, next);
      this.consumer.seek({ topic, partition, offset: next.toString() });
      this.consumer.resume([{ topic, partitions: [partition] }]);
    }
  }

  /** An offset that the log no longer has, or never had. Kafka's clients would go on from another one. */
  private async checkLog(starts: ReadonlyMap<number, bigint>): Promise<void> {
    const { topic } = this.options;
    const ends = new Map((await this.deps.admin.endOffsets(topic)).map((end) => [end.partition, end]));
    for (const [partition, next] of starts) {
      const end = ends.get(partition);
      if (end === undefined || next < end.low || next > end.high) {
        throw new Failure('TRANSPORT_GAP', `partition ${partition} of ${topic} holds offsets ${end?.low ?? '-'} to ${end?.high ?? '-'}, but ${next} is needed`);
      }
    }
  }

  private async fetched({ batch, resolveOffset }: EachBatchPayload): Promise<void> {
    const { partition } = batch;
    const messages = batch.messages.map((message) => incomingMessage(partition, message));
    const accepted = this.buffers.add(partition, messages, BigInt(batch.highWatermark));
    this.refusedSince = accepted === 'closed' ? (this.refusedSince ?? performance.now()) : undefined;
    if (accepted === 'accepted') {
      this.stale.delete(partition);
      resolveOffset(batch.lastOffset());
    } else if (accepted === 'stale') await this.seekAgain(partition);
  }

  /** A fetch from before the seek, or one behind a hole; the second must not repeat itself for ever. */
  private async seekAgain(partition: number): Promise<void> {
    const next = this.buffers.expected(partition);
    if (next === undefined) return;
    const times = (this.stale.get(partition) ?? 0) + 1;
    this.stale.set(partition, times);
    try {
      if (times > 1) await this.checkLog(new Map([[partition, next]]));
      if (times > MAX_STALE) throw new Failure('TRANSPORT_GAP', `partition ${partition} of ${this.options.topic} does not hold offset ${next}`);
    } catch (error) {
      return this.settle(error);
    }
    this.consumer.seek({ topic: this.options.topic, partition, offset: next.toString() });
  }

  /** One commit at a time; what comes meanwhile goes with the next. */
  private async sendPositions(): Promise<void> {
    this.committing = true;
    try {
      while (this.positions.size > 0) {
        const offsets = [...this.positions].map(([partition, next]) => ({ topic: this.options.topic, partition, offset: next.toString() }));
        this.positions.clear();
        await this.consumer.commitOffsets(offsets);
      }
    } catch {
      // Advisory, see the port.
    } finally {
      this.committing = false;
    }
  }
}
