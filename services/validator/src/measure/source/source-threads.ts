/** The main thread's side of the reading threads. Several tables may be read at once; each thread works in turn. */
import { Worker } from 'node:worker_threads';
import { Failure, type FailureCode } from '@causeway/contracts/failures';
import type { Scan, SourceAnswers, SourceRequest, ThreadMessage, ThreadStart } from './source-messages.ts';

interface Pending {
  readonly resolve: (answer: SourceAnswers[keyof SourceAnswers]) => void;
  readonly reject: (error: Error) => void;
  readonly progress: (rows: number) => void;
}

/** Next to this file, in the form that this file is running in. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './source-thread.ts' : './source-thread.js', import.meta.url);

/** Small objects die young here: a small young generation keeps two threads within the service's memory. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 16 };

class SourceThread {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private next = 0;
  private broken: Error | undefined;

  constructor(file: string) {
    this.worker = new Worker(THREAD, { workerData: { file } satisfies ThreadStart, resourceLimits: RESOURCE_LIMITS });
    this.worker.on('message', (message: ThreadMessage) => this.receive(message));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Failure('INTERNAL', 'a reading thread ended early')));
  }

  ask<K extends SourceRequest['kind']>(request: Extract<SourceRequest, { kind: K }>, progress: (rows: number) => void): Promise<SourceAnswers[K]> {
    if (this.broken !== undefined) return Promise.reject(this.broken);
    const id = this.next++;
    return new Promise<SourceAnswers[keyof SourceAnswers]>((resolve, reject) => {
      this.pending.set(id, { resolve, reject, progress });
      this.worker.postMessage({ id, request });
    }) as Promise<SourceAnswers[K]>;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private receive(message: ThreadMessage): void {
    const pending = this.pending.get(message.id);
    if (message.kind === 'progress') {
      pending?.progress(message.rows);
      return;
    }
    this.pending.delete(message.id);
    if (message.kind === 'answer') pending?.resolve(message.answer);
    else pending?.reject(new Failure(message.code as FailureCode, message.message));
  }

  private fail(error: Error): void {
    this.broken ??= error;
    for (const pending of this.pending.values()) pending.reject(this.broken);
    this.pending.clear();
  }
}

export class SourceThreads {
  private readonly threads: readonly SourceThread[];

  /** Opens `count` readers of the file; what is wrong with it is told by the first request. */
  constructor(file: string, count = 2) {
    this.threads = Array.from({ length: count }, () => new SourceThread(file));
  }

  /** Asked of one thread. */
  extent(contract: Extract<SourceRequest, { kind: 'extent' }>['contract']): Promise<SourceAnswers['extent']> {
    return (this.threads[0] as SourceThread).ask({ kind: 'extent', contract }, () => {});
  }

  /** Asked of all threads, which share the slices; throws the signal's reason when it aborts. */
  async scan<K extends 'measure' | 'list' | 'describe'>(
    request: Omit<Extract<SourceRequest, { kind: K }>, 'cursor'>,
    options: { signal: AbortSignal; progress?: (rows: number) => void },
  ): Promise<SourceAnswers[K][]> {
    const cursor: Scan['cursor'] = new Int32Array(new SharedArrayBuffer(8));
    const stop = (): void => {
      Atomics.store(cursor, 1, 1);
    };
    options.signal.throwIfAborted();
    options.signal.addEventListener('abort', stop, { once: true });
    try {
      const shared = { ...request, cursor } as unknown as Extract<SourceRequest, { kind: K }>;
      const count = Math.min(this.threads.length, request.slices.length);
      const answers = await Promise.all(this.threads.slice(0, count).map((thread) => thread.ask<K>(shared, options.progress ?? (() => {}))));
      options.signal.throwIfAborted();
      return answers;
    } finally {
      options.signal.removeEventListener('abort', stop);
      stop();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()));
  }
}
