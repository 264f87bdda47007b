/**
 * One assignment of partitions to a consumer, from claim to release: the part of the port's contract that does not
 * depend on where messages come from. Each partition has a lane that takes a batch, waits for a free place, hands it over.
 */
import { Failure } from '@causeway/contracts/failures';
import type { ConcurrencyGate } from './concurrency-gate.ts';
import type { ConsumerHandlers, IncomingBatch, IncomingMessage } from './port.ts';

export interface TakenBatch {
  readonly messages: readonly IncomingMessage[];
  readonly highWatermark: bigint;
}

/** Where the messages of an assignment come from. */
export interface BatchSource {
  /** Makes ready to deliver from these offsets. Throws TRANSPORT_GAP for one that the log does not hold. */
  open(starts: ReadonlyMap<number, bigint>): Promise<void>;
  /** At least one message, beginning exactly at `from`; waits for it. Rejects when the signal aborts. */
  take(partition: number, from: bigint, signal: AbortSignal): Promise<TakenBatch>;
}

export interface AssignmentOptions {
  readonly partitions: readonly number[];
  readonly handlers: ConsumerHandlers;
  readonly source: BatchSource;
  readonly gate: ConcurrencyGate;
  readonly onFailure: (error: unknown) => void;
}

export class Assignment {
  private readonly options: AssignmentOptions;
  private readonly abort = new AbortController();
  private readonly work: Promise<void>;
  private ended: Promise<void> | undefined;

  constructor(options: AssignmentOptions) {
    this.options = options;
    this.work = this.begin().catch((error) => this.fail(error));
  }

  /** Aborts at once; resolves when every batch has settled and the partitions are released. */
  end(): Promise<void> {
    this.ended ??= this.release();
    return this.ended;
  }

  private async release(): Promise<void> {
    this.abort.abort();
    await this.work;
    await this.options.handlers.onRevoked(this.options.partitions);
  }

  private async begin(): Promise<void> {
    const { handlers, partitions, source } = this.options;
    const given = await handlers.onAssigned(partitions);
    if (this.abort.signal.aborted) return;
    const starts = new Map(partitions.map((partition) => [partition, given.get(partition) ?? 0n]));
    await source.open(starts);
    await Promise.all([...starts].map(([partition, start]) => this.lane(partition, start).catch((error) => this.fail(error))));
  }

  private async lane(partition: number, start: bigint): Promise<void> {
    const { source, gate } = this.options;
    const { signal } = this.abort;
    let next = start;
    while (!signal.aborted) {
      const { messages, highWatermark } = await source.take(partition, next, signal);
      const end = endOf(messages, next);
      await gate.run(() => this.handOver({ partition, messages, highWatermark, signal }));
      next = end;
    }
  }

  private async handOver(batch: IncomingBatch): Promise<void> {
    if (batch.signal.aborted) return;
    try {
      await this.options.handlers.onBatch(batch);
    } catch (error) {
      // Here and not further up: the gate lets the next one in as soon as this returns.
      this.fail(error);
      throw error;
    }
  }

  /** Work that was cut off by an abort is no failure of the consumer. */
  private fail(error: unknown): void {
    if (this.abort.signal.aborted) return;
    this.abort.abort();
    this.options.onFailure(error);
  }
}

/** The offset behind the last message. A hole would be a lost message, so the source's promise is checked here. */
function endOf(messages: readonly IncomingMessage[], from: bigint): bigint {
  let next = from;
  for (const message of messages) {
    // Invariant: I9
    if (message.offset !== next) throw new Failure('TRANSPORT_GAP', `partition ${message.partition} holds offset ${message.offset} where ${next} is next`);
    next++;
  }
  return next;
}
