/**
 * Sends the parts that the reader hands over. Parts of one range stay together and in order on one partition; whatever
 * waits is sent in one request, up to a bound, and its bytes are credited back when the transport has made them durable.
 */
import { MAX_MESSAGE_BYTES } from '@causeway/contracts/topics';
import { failPoint } from '@causeway/runtime/fail-point';
import type { OutgoingMessage, TransportProducer } from '@causeway/runtime/transport/port';

export interface PublishedPart {
  readonly table: number;
  readonly range: number;
  readonly bytes: Uint8Array;
  readonly last: boolean;
  readonly rows: number;
  readonly rejects: number;
  /** The slab that the bytes stand in; undefined: memory of their own. */
  readonly slab?: number;
}

/** One record batch a partition and send: half of what the topic allows, as the client adds its own framing. */
const SEND_BYTES = MAX_MESSAGE_BYTES / 2;

export interface PublisherOptions {
  readonly producer: TransportProducer;
  readonly topic: string;
  readonly partitions: number;
  /** Nothing is sent before this; reading need not wait for it. */
  readonly ready: Promise<void>;
  readonly onDurable: (parts: readonly PublishedPart[]) => void;
  readonly onFailure: (error: unknown) => void;
}

export class Publisher {
  private readonly options: PublisherOptions;
  private waiting: PublishedPart[] = [];
  private sending = false;
  private failed = false;
  private idle: (() => void)[] = [];

  constructor(options: PublisherOptions) {
    this.options = options;
  }

  add(part: PublishedPart): void {
    this.waiting.push(part);
    void this.pump();
  }

  /** Resolves when everything that was added is durable. */
  drained(): Promise<void> {
    if (!this.sending && this.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private async pump(): Promise<void> {
    if (this.sending || this.failed) return;
    this.sending = true;
    try {
      await this.options.ready;
      while (this.waiting.length > 0) {
        const batch = this.takeBatch();
        await this.options.producer.send(batch.map((part) => this.message(part)));
        failPoint('extractor.snapshot_after_ack');
        // Invariant: I8
        this.options.onDurable(batch);
      }
    } catch (error) {
      this.failed = true;
      this.options.onFailure(error);
      return;
    } finally {
      this.sending = false;
    }
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private takeBatch(): PublishedPart[] {
    let bytes = 0;
    let count = 0;
    for (const part of this.waiting) {
      if (count > 0 && bytes + part.bytes.length > SEND_BYTES) break;
      bytes += part.bytes.length;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private message(part: PublishedPart): OutgoingMessage {
    return {
      topic: this.options.topic,
      // A table's ranges go round the partitions, so that one large table is loaded by all of them.
      partition: (part.table + part.range) % this.options.partitions,
      key: null,
      value: Buffer.from(part.bytes.buffer, part.bytes.byteOffset, part.bytes.byteLength),
    };
  }
}
