/** The main thread's side of one live reading thread. */
import { Worker } from 'node:worker_threads';
import { Failure, type FailureCode } from '@causeway/contracts/failures';
import type { LiveAnswers, LiveRequest, LiveThreadMessage, LiveThreadStart } from './live-messages.ts';

interface Pending {
  readonly resolve: (answer: LiveAnswers[keyof LiveAnswers]) => void;
  readonly reject: (error: Error) => void;
}

const THREAD = new URL(import.meta.url.endsWith('.ts') ? './live-thread.ts' : './live-thread.js', import.meta.url);
/** Two of them stay within the service's memory beside each other. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 };

export class LiveSource {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private next = 0;
  private broken: Error | undefined;

  /** What was missing of the capture when this thread read last; null: nothing. */
  captureLost: string | null = null;
  /** What had passed the fence that stood then; null: nothing. */
  touched: string | null = null;

  constructor(start: LiveThreadStart) {
    this.worker = new Worker(THREAD, { workerData: start, resourceLimits: RESOURCE_LIMITS });
    this.worker.on('message', (message: LiveThreadMessage) => this.receive(message));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Failure('INTERNAL', 'a reading thread ended early')));
  }

  ask<K extends LiveRequest['kind']>(request: Extract<LiveRequest, { kind: K }>): Promise<LiveAnswers[K]> {
    if (this.broken !== undefined) return Promise.reject(this.broken);
    const id = this.next++;
    return new Promise<LiveAnswers[keyof LiveAnswers]>((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.worker.postMessage({ id, request });
    }) as Promise<LiveAnswers[K]>;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private receive(message: LiveThreadMessage): void {
    const pending = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.kind === 'answer') [this.captureLost, this.touched] = [message.lost, message.touched];
    else if (typeof message.touched === 'string') this.touched = message.touched;
    else if (message.code === 'CAPTURE_LOST') this.captureLost = message.message;
    if (message.kind === 'answer') pending?.resolve(message.answer);
    else pending?.reject(new Failure(message.code as FailureCode, message.message));
  }

  private fail(error: Error): void {
    this.broken ??= error;
    for (const pending of this.pending.values()) pending.reject(this.broken);
    this.pending.clear();
  }
}
