/**
 * How much the extractor may read of the source, while it runs: bytes a second, nothing at all, or as it likes. A debt of
 * bytes that were read is paid off by waiting; nothing is read before it is paid.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 100;

export class Throttle {
  /** Null: no limit. 0: paused. */
  private rate: number | null = null;
  private debt = 0;
  private at = performance.now();

  set(bytesPerSecond: number | null): void {
    this.pay();
    this.rate = bytesPerSecond;
    if (bytesPerSecond === null) this.debt = 0;
  }

  spend(bytes: number): void {
    this.pay();
    if (this.rate !== null) this.debt += bytes;
  }

  get holds(): boolean {
    this.pay();
    return this.rate === 0 || this.debt > 0;
  }

  async open(signal: AbortSignal): Promise<void> {
    while (this.holds && !signal.aborted) await sleep(STEP_MS, undefined, { signal }).catch(() => {});
  }

  private pay(): void {
    const now = performance.now();
    if (this.rate !== null) this.debt = Math.max(0, this.debt - (this.rate * (now - this.at)) / 1000);
    this.at = now;
  }
}
