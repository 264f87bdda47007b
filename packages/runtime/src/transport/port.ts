/**
 * The transport between the services: named topics, each a fixed number of partitions, each partition an ordered durable
 * log with 64-bit offsets. Two implementations, one contract suite (`@causeway/testkit/transport-suite`): Kafka, and an
 * embedded log for one machine. A third one can be written from this page alone.
 *
 * Call order. `createTopic` before the first `send` or `run` (nothing is made implicitly). On a consumer `run` once; it
 *   calls `onAssigned`, then `onBatch` any number of times, then `onRevoked`, in turns and never overlapping: a second
 *   `onAssigned` comes only after every `onBatch` of the first has settled and `onRevoked` has returned.
 * Order. Messages of one partition are delivered in the order in which `send` accepted them; between partitions there is
 *   none. Calls of `send` on one producer take effect in the order of the calls, awaited or not.
 * Durability. `send` resolves only when every message survives the loss of the sending process (Kafka: acks=all, so it
 *   survives whatever the topic's replication does; embedded: the machine's power). Accepted is not durable: before
 *   that, nothing may be counted as sent.
 * Idempotency. Inside one producer a retry never duplicates or reorders. A `send` that rejected may still have been
 *   written, and a new process repeats what it is not sure of: consumers must recognise repeats by their contents.
 * Offsets. The transport keeps no position that matters. Where to start comes from `onAssigned`, out of the same durable
 *   store as the work's results, so that a batch's effects and its position become durable together. The first batch of
 *   a partition after an assignment begins exactly there, and every next one exactly behind the one before. If the log
 *   no longer holds that offset (retention, trim) or never did (topic made anew), `run` rejects with TRANSPORT_GAP:
 *   nothing is skipped and nothing is reset. A topic made anew that has already grown past the asked offset is not
 *   recognisable by offsets; the messages' own identity must show that.
 * Concurrency. Batches of one partition come one after another; several partitions at once up to `concurrency`. A Kafka
 *   group spreads partitions over its consumers; the embedded log gives all of them to one consumer at a time. Either
 *   way two consumers can, for a moment, both believe that they own a partition: the durable store has to fence the older.
 * Back-pressure, in bytes. While `onBatch` works no more than a bounded number of bytes is read ahead for its partition.
 *   `onBatch` may take minutes: membership is kept up meanwhile without its help.
 * Abort. A batch's signal aborts when its partition is taken away or the consumer stops. Its work must then not become
 *   durable; whatever `onBatch` throws after that is ignored. Anything that it throws otherwise stops the consumer and
 *   rejects `run`: a batch is never retried over and over. Abort is no error: `run` resolves after `stop`.
 * Failures. What a broker calls retriable is retried until nothing has succeeded for a deadline, then everything
 *   rejects with BROKER_UNREACHABLE. After a rejection the object is spent: close it and make a new one.
 *   A producer is also spent when a topic that it has sent to is removed (kafkajs asks for all of them at once).
 * Buffers. What was given to `send` must not be changed afterwards. What was delivered is a window into a larger buffer:
 *   copy what is kept for long.
 */

export interface OutgoingMessage {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers?: Readonly<Record<string, Buffer | string>>;
}

export interface IncomingMessage {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: Buffer | null;
  /** Empty for a message without a value (a tombstone of a compacted topic, which causeway does not write). */
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, Buffer>>;
  /** When the message was sent, in milliseconds since 1970. */
  readonly timestampMs: number;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** −1: the broker's default. */
  readonly replication: number;
  /** Kafka's names: retention.ms, max.message.bytes, cleanup.policy … */
  readonly config: Readonly<Record<string, string>>;
}

export interface PartitionEnds {
  readonly partition: number;
  /** First offset that is still there. */
  readonly low: bigint;
  /** Offset that the next message will get. */
  readonly high: bigint;
}

export interface IncomingBatch {
  readonly partition: number;
  /** At least one. */
  readonly messages: readonly IncomingMessage[];
  /** Offset that the next message of the partition would have got when this batch was read. */
  readonly highWatermark: bigint;
  readonly signal: AbortSignal;
}

export interface ConsumerHandlers {
  /** Claims the partitions; returns for each the offset to start from (0 where it names none). */
  onAssigned(partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>>;
  onRevoked(partitions: readonly number[]): Promise<void>;
  onBatch(batch: IncomingBatch): Promise<void>;
}

export interface TransportConsumer {
  /** Until `stop`, the abort of the options' signal, or a failure. */
  run(handlers: ConsumerHandlers): Promise<void>;
  /**
   * Tells standard lag tools how far the durable store is: for each partition the next offset to read. Advisory: never
   * read back, losing it costs nothing, so it neither waits nor fails.
   */
  commit(offsets: ReadonlyMap<number, bigint>): void;
  /** Aborts what is in flight, waits until it has settled, gives the partitions back. Not to be awaited inside a handler. */
  stop(): Promise<void>;
}

export interface TransportProducer {
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Waits for what was given to `send`. */
  close(): Promise<void>;
}

export interface TransportAdmin {
  /** Idempotent. An existing topic with another number of partitions is refused with CONFIG_INVALID. */
  createTopic(spec: TopicSpec): Promise<'created' | 'exists'>;
  /** A topic that is not there is no error. */
  deleteTopic(name: string): Promise<void>;
  /** By partition. A topic that is not there rejects with TRANSPORT_GAP. */
  endOffsets(topic: string): Promise<readonly PartitionEnds[]>;
  /** Everything from the first offset to the end as it was at the call. For small topics, such as the schemas'. */
  readAll(topic: string, partition: number): AsyncIterable<IncomingMessage>;
  /** Removes everything before an offset, so that a log that was consumed need not be kept. Idempotent. */
  trim(topic: string, partition: number, beforeOffset: bigint): Promise<void>;
  close(): Promise<void>;
}

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topic: string;
  /** Batches at work at the same time; default 2. */
  readonly concurrency?: number;
  /** A batch is handed over with about this much, or with what there is; default 4 MiB. One message may be larger. */
  readonly batchBytes?: number;
  /** Aborting it is `stop`. */
  readonly signal?: AbortSignal;
}

export interface ProducerOptions {
  readonly clientId?: string;
}

export interface Transport {
  readonly kind: 'kafka' | 'embedded';
  admin(): Promise<TransportAdmin>;
  producer(options?: ProducerOptions): Promise<TransportProducer>;
  consumer(options: ConsumerOptions): Promise<TransportConsumer>;
  /** Closes whatever of it is still open. */
  close(): Promise<void>;
}
