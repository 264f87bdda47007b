/**
 * The transport between extractor and loader: an ordered, durable log per partition. Two implementations, one contract
 * suite (testkit/transport-suite): Kafka, and an embedded log for one machine.
 *
 * Order: messages of one partition are delivered in the order in which `send` accepted them.
 * Durability: `send` resolves only when every message survives the loss of the sending process (Kafka: acks=all).
 * Idempotency: a `send` that failed may have been written; a repeat may duplicate. Consumers must tolerate repeats.
 * Offsets: the consumer's start offsets come from `onAssigned`, never from the transport's own memory. The first batch
 *   of a partition after an assignment begins exactly there; if the log no longer has that offset, run() rejects with
 *   TRANSPORT_GAP. Nothing is ever skipped or reset.
 * Concurrency: batches of one partition come one after another; several partitions at once up to `concurrency`.
 * Back-pressure: no more is fetched for a partition until its onBatch has resolved.
 * Abort: a batch's signal aborts when its partition is taken away; its work must then not become durable.
 */

export interface OutgoingMessage {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer;
}

export interface IncomingMessage {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** −1: the broker's default. */
  readonly replication: number;
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
  readonly messages: readonly IncomingMessage[];
  readonly highWatermark: bigint;
  readonly signal: AbortSignal;
}

export interface ConsumerHandlers {
  /** Claims the partitions; returns for each the offset to start from. */
  onAssigned(partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>>;
  onRevoked(partitions: readonly number[]): Promise<void>;
  /** May take minutes. Throwing stops the consumer and rejects run(). */
  onBatch(batch: IncomingBatch): Promise<void>;
}

export interface TransportConsumer {
  /** Until stop() or a failure. */
  run(handlers: ConsumerHandlers): Promise<void>;
  stop(): Promise<void>;
}

export interface TransportProducer {
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

export interface TransportAdmin {
  /** Idempotent. An existing topic with another number of partitions is refused. */
  createTopic(spec: TopicSpec): Promise<'created' | 'exists'>;
  /** A topic that is not there is no error. */
  deleteTopic(name: string): Promise<void>;
  endOffsets(topic: string): Promise<readonly PartitionEnds[]>;
  close(): Promise<void>;
}

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topic: string;
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

export interface Transport {
  readonly kind: 'kafka' | 'embedded';
  admin(): Promise<TransportAdmin>;
  producer(options: { clientId: string }): Promise<TransportProducer>;
  consumer(options: ConsumerOptions): Promise<TransportConsumer>;
  close(): Promise<void>;
}
