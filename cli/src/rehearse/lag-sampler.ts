/** How long a change takes from its commit in SQLite to its commit in PostgreSQL, looked at from outside while both go on. */
import { logEnd } from '@causeway/control/capture/source-facts';
import { readStreamPosition } from '@causeway/control/live/stream-position';
import type { Generation } from '@causeway/control/record/table-record';
import { openSource } from '@causeway/runtime/sqlite/open-source';
import type pg from 'pg';

export interface LagFigures {
  readonly samples: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  readonly maxChanges: number;
}

const EVERY_MS = 20;

export class LagSampler {
  private readonly latencies: number[] = [];
  private readonly waiting: { at: number; end: bigint }[] = [];
  private maxChanges = 0;

  /** Samples for that long. */
  async sample(file: string, pool: pg.Pool, g: Generation, ms: number, signal: AbortSignal): Promise<void> {
    const db = openSource(file);
    try {
      for (const until = performance.now() + ms; performance.now() < until && !signal.aborted; ) {
        const end = logEnd(db);
        if (end > (this.waiting.at(-1)?.end ?? -1n)) this.waiting.push({ at: performance.now(), end });
        const { applied } = await readStreamPosition(pool, g);
        this.maxChanges = Math.max(this.maxChanges, Number(end - applied));
        while (this.waiting[0] !== undefined && this.waiting[0].end <= applied) this.latencies.push(performance.now() - (this.waiting.shift() as { at: number }).at);
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      }
    } finally {
      db.close();
    }
  }

  figures(): LagFigures {
    const sorted = this.latencies.toSorted((a, b) => a - b);
    const at = (share: number): number | null => (sorted.length === 0 ? null : Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number));
    return { samples: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), maxChanges: this.maxChanges };
  }
}
