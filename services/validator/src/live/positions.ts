/** Waits for the target to reach positions, with one query for all who wait; and keeps the positions that the purge must spare. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readStreamPosition, type StreamPosition } from '@causeway/control/live/stream-position';
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';

const POLL_MS = 40;
/** Under the fence every poll counts as downtime. */
const URGENT_POLL_MS = 10;

export class Positions {
  applied = 0n;
  urgent = false;
  private readonly pool: pg.Pool;
  private readonly g: Generation;
  private readonly signal: AbortSignal;
  private readonly held = new Map<symbol, bigint>();
  private polling: Promise<StreamPosition> | undefined;

  constructor(pool: pg.Pool, g: Generation, signal: AbortSignal) {
    this.pool = pool;
    this.g = g;
    this.signal = signal;
  }

  async reach(position: bigint): Promise<void> {
    while (this.applied < position) {
      if ((await this.look()).applied >= position) return;
      await sleep(this.urgent ? URGENT_POLL_MS : POLL_MS, undefined, { signal: this.signal });
    }
  }

  look(): Promise<StreamPosition> {
    this.signal.throwIfAborted();
    this.polling ??= readStreamPosition(this.pool, this.g)
      .then((position) => {
        this.applied = position.applied;
        return position;
      })
      .finally(() => {
        this.polling = undefined;
      });
    return this.polling;
  }

  /** Entries behind `position` are still needed until the result is called. */
  hold(position: bigint): () => void {
    const name = Symbol('hold');
    this.held.set(name, position);
    return () => void this.held.delete(name);
  }

  /** The oldest position that somebody needs entries behind; `other` where nobody does. */
  oldestHeld(other: bigint): bigint {
    let oldest = other;
    for (const position of this.held.values()) if (position < oldest) oldest = position;
    return oldest;
  }
}
