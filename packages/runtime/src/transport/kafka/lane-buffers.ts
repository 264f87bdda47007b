/**
 * What was fetched and not yet taken, a queue a partition, bounded in bytes by pausing the partition. It stands between
 * kafkajs, which pushes and then waits for all partitions of a fetch before it fetches again, and the lanes, which pull:
 * so a slow partition holds up no other, the next fetch runs while a batch is loaded, and heartbeats go on.
 */
import type { TakenBatch } from '../assignment.ts';
import type { IncomingMessage } from '../port.ts';

interface LaneBuffer {
  messages: IncomingMessage[];
  bytes: number;
  /** Offset of the next message to accept; anything else comes from a fetch before a seek. */
  next: bigint;
  highWatermark: bigint;
  paused: boolean;
  wake: () => void;
}

export interface LaneBufferOptions {
  readonly batchBytes: number;
  readonly pause: (partition: number) => void;
  readonly resume: (partition: number) => void;
}

export type Accepted = 'accepted' | 'stale' | 'closed';

export class LaneBuffers {
  private readonly options: LaneBufferOptions;
  private readonly lanes = new Map<number, LaneBuffer>();

  constructor(options: LaneBufferOptions) {
    this.options = options;
  }

  open(partition: number, next: bigint): void {
    this.lanes.set(partition, { messages: [], bytes: 0, next, highWatermark: next, paused: false, wake: () => {} });
  }

  close(): void {
    this.lanes.clear();
  }

  /** The offset that is to be fetched next, if the lane is open. */
  expected(partition: number): bigint | undefined {
    return this.lanes.get(partition)?.next;
  }

  add(partition: number, messages: readonly IncomingMessage[], highWatermark: bigint): Accepted {
    const lane = this.lanes.get(partition);
    if (lane === undefined) return 'closed';
    const fresh = messages.filter((message) => message.offset >= lane.next);
    const first = fresh[0];
    const last = fresh.at(-1);
    if (first === undefined || last === undefined || first.offset !== lane.next) return 'stale';
    for (const message of fresh) {
      lane.messages.push(message);
      lane.bytes += message.value.length;
    }
    lane.next = last.offset + 1n;
    lane.highWatermark = highWatermark;
    if (!lane.paused && lane.bytes >= this.options.batchBytes) {
      lane.paused = true;
      this.options.pause(partition);
    }
    lane.wake();
    return 'accepted';
  }

  async take(partition: number, signal: AbortSignal): Promise<TakenBatch> {
    const lane = this.lanes.get(partition) as LaneBuffer;
    while (lane.messages.length === 0) await arrival(lane, signal);
    signal.throwIfAborted();
    let bytes = 0;
    let count = 0;
    for (const message of lane.messages) {
      bytes += message.value.length;
      count++;
      if (bytes >= this.options.batchBytes) break;
    }
    lane.bytes -= bytes;
    if (lane.paused && lane.bytes < this.options.batchBytes) {
      lane.paused = false;
      this.options.resume(partition);
    }
    return { messages: lane.messages.splice(0, count), highWatermark: lane.highWatermark };
  }
}

function arrival(lane: LaneBuffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const aborted = (): void => reject(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
    lane.wake = () => {
      signal.removeEventListener('abort', aborted);
      resolve();
    };
  });
}
