/**
 * A group consumer whose start offsets come from the target. kafkajs applies a seek asynchronously and may deliver an
 * earlier fetch first, so every batch is compared with the offset that is expected next, and sought again if it is off.
 */
import { Failure } from '@causeway/contracts/failures';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { ConsumerHandlers, ConsumerOptions, IncomingMessage, TransportConsumer } from '../port.ts';

/** A lane commits about this much in one transaction. */
const BATCH_BYTES = 4 * 1024 * 1024;
const SESSION_MS = 30_000;
const HEARTBEAT_MS = 3_000;

interface Assignment {
  readonly abort: AbortController;
  /** Offset of the next message to hand over. */
  next: bigint;
}

export class KafkaConsumer implements TransportConsumer {
  private readonly options: ConsumerOptions;
  private readonly consumer: Consumer;
  private readonly kafka: Kafka;
  private assignments = new Map<number, Promise<Assignment>>();
  private handlers: ConsumerHandlers | undefined;
  private fail: (error: unknown) => void = () => {};
  private stopped = false;

  constructor(kafka: Kafka, options: ConsumerOptions) {
    this.kafka = kafka;
    this.options = options;
    this.consumer = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: 60_000,
      maxBytesPerPartition: BATCH_BYTES,
      maxBytes: BATCH_BYTES * 2,
      minBytes: 1,
      maxWaitTimeInMs: 100,
      allowAutoTopicCreation: false,
      // A crash of the runner is ours to report, never kafkajs's to restart over a poisoned batch.
      retry: { retries: 8, restartOnFailure: async () => false },
    });
  }

  connect(): Promise<void> {
    return this.consumer.connect();
  }

  async run(handlers: ConsumerHandlers): Promise<void> {
    this.handlers = handlers;
    const failed = new Promise<void>((resolve, reject) => {
      this.fail = (error) => (error === undefined ? resolve() : reject(error));
    });
    failed.catch(() => {});
    const { GROUP_JOIN, CRASH, REBALANCING } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, ({ payload }) => this.assigned(payload.memberAssignment[this.options.topic] ?? []));
    this.consumer.on(REBALANCING, () => this.revoke());
    this.consumer.on(CRASH, ({ payload }) => this.fail(payload.error.cause ?? payload.error));
    await this.consumer.subscribe({ topic: this.options.topic, fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.options.concurrency,
      eachBatch: (payload) => this.batch(payload),
    });
    await failed;
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.revoke();
    this.fail(undefined);
    await this.consumer.disconnect().catch(() => {});
  }

  private assigned(partitions: readonly number[]): void {
    this.revoke();
    const starts = (this.handlers as ConsumerHandlers).onAssigned(partitions);
    starts.catch((error) => this.fail(error));
    for (const partition of partitions) this.assignments.set(partition, this.begin(partition, starts));
    for (const assignment of this.assignments.values()) assignment.catch((error) => this.fail(error));
  }

  private async begin(partition: number, starts: Promise<ReadonlyMap<number, bigint>>): Promise<Assignment> {
    const next = (await starts).get(partition) ?? 0n;
    await this.checkLog(partition, next);
    this.consumer.seek({ topic: this.options.topic, partition, offset: next.toString() });
    return { abort: new AbortController(), next };
  }

  /** An offset that the log no longer has, or never had, must not be silently reset by the client. */
  private async checkLog(partition: number, next: bigint): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const ends = (await admin.fetchTopicOffsets(this.options.topic)).find((o) => o.partition === partition);
      if (ends === undefined || next < BigInt(ends.low) || next > BigInt(ends.high)) {
        throw new Failure('TRANSPORT_GAP', `partition ${partition} of ${this.options.topic} holds offsets ${ends?.low ?? '-'} to ${ends?.high ?? '-'}, but ${next} is needed`);
      }
    } finally {
      await admin.disconnect();
    }
  }

  private revoke(): void {
    const before = this.assignments;
    this.assignments = new Map();
    for (const assignment of before.values()) void assignment.then((a) => a.abort.abort(), () => {});
    if (before.size > 0) void this.handlers?.onRevoked([...before.keys()]).catch((error) => this.fail(error));
  }

  private async batch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const assignment = await this.assignments.get(batch.partition);
    if (assignment === undefined || assignment.abort.signal.aborted || this.stopped) return;
    const messages = toMessages(payload, assignment.next);
    const first = messages[0];
    if (first === undefined) return;
    if (first.offset !== assignment.next) {
      this.consumer.seek({ topic: this.options.topic, partition: batch.partition, offset: assignment.next.toString() });
      return;
    }
    const beat = setInterval(() => void payload.heartbeat().catch(() => {}), HEARTBEAT_MS);
    try {
      await (this.handlers as ConsumerHandlers).onBatch({ partition: batch.partition, messages, highWatermark: BigInt(batch.highWatermark), signal: assignment.abort.signal });
    } catch (error) {
      // Work that was cut off by a rebalance is not a failure of this consumer.
      if (!assignment.abort.signal.aborted) this.fail(error);
      return;
    } finally {
      clearInterval(beat);
    }
    const last = messages.at(-1) as IncomingMessage;
    assignment.next = last.offset + 1n;
    payload.resolveOffset(last.offset.toString());
    await payload.heartbeat();
    // Advisory: the truth is in the target; this is what standard lag tools look at.
    await this.consumer.commitOffsets([{ topic: this.options.topic, partition: batch.partition, offset: assignment.next.toString() }]).catch(() => {});
  }
}

/** Messages from `next` on; an earlier fetch may still deliver what was handed over already. */
function toMessages({ batch }: EachBatchPayload, next: bigint): IncomingMessage[] {
  const out: IncomingMessage[] = [];
  for (const message of batch.messages) {
    const offset = BigInt(message.offset);
    if (offset >= next) out.push({ partition: batch.partition, offset, key: message.key, value: message.value as Buffer });
  }
  return out;
}
