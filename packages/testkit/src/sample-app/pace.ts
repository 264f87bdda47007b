/** Keeps the workers at a rate of changes; what was missed while nobody could write is not made up for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { setImmediate as breathe } from 'node:timers/promises';

const MOST_BEHIND_MS = 100;
const BREATH_MS = 5;

export class Pace {
  private readonly perMs: number;
  private due = performance.now();
  private breathed = performance.now();

  /** Infinity: as fast as it can. */
  constructor(changesPerSecond: number) {
    this.perMs = changesPerSecond / 1000;
  }

  /** Waits until `changes` more are due; lets timers and sockets have their turn. */
  async next(changes: number): Promise<void> {
    const now = performance.now();
    this.due = Math.max(this.due, now - MOST_BEHIND_MS) + changes / this.perMs;
    if (this.due > now + 1) await sleep(this.due - now);
    else if (now - this.breathed > BREATH_MS) await breathe();
    else return;
    this.breathed = performance.now();
  }
}
