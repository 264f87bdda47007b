/**
 * How long brokers may be silent. kafkajs retries for ever with no broker (tulios/kafkajs#1721), so whoever waits for
 * one waits beside this. Any answer counts as life: a member that only sends heartbeats is not stuck.
 */
import { Failure } from '@causeway/contracts/failures';

const LOOK_MS = 500;

export class BrokerDeadline {
  private readonly brokers: readonly string[];
  private readonly limitMs: number;
  private lastAnswer = performance.now();

  constructor(brokers: readonly string[], limitMs: number) {
    this.brokers = brokers;
    this.limitMs = limitMs;
  }

  answered(): void {
    this.lastAnswer = performance.now();
  }

  get silentMs(): number {
    return performance.now() - this.lastAnswer;
  }

  get expired(): boolean {
    return this.silentMs > this.limitMs;
  }

  /** Calls back once when the deadline has passed. Returns how to stop watching. */
  watch(onExpired: (failure: Failure) => void): () => void {
    const timer = setInterval(() => {
      if (!this.expired) return;
      clearInterval(timer);
      onExpired(this.failure());
    }, LOOK_MS);
    return () => clearInterval(timer);
  }

  /** The work's result, or BROKER_UNREACHABLE once nothing has been answered for the deadline. */
  async race<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    this.answered();
    let unwatch = (): void => {};
    const expired = new Promise<never>((_, reject) => {
      unwatch = this.watch(reject);
    });
    try {
      return await Promise.race([work, expired]);
    } finally {
      unwatch();
    }
  }

  failure(cause?: unknown): Failure {
    const seconds = Math.round(this.limitMs / 1000);
    return new Failure('BROKER_UNREACHABLE', `no answer from ${this.brokers.join(', ')} for ${seconds} s`, cause === undefined ? {} : { cause });
  }
}
