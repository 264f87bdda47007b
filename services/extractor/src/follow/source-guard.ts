/**
 * What protects the application from us, from the first block of the snapshot to the end: its change log has a bound,
 * and whoever watches over it can slow the reading down. Looked at twice a second, whatever else the extractor does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { removeCapture } from '@causeway/control/capture/install-capture';
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { captureIsThere, logEnd, readCount, readFact } from '@causeway/control/capture/source-facts';
import { findLive, type LiveRecord } from '@causeway/control/live/live-record';
import type { Generation } from '@causeway/control/record/table-record';
import type { Log } from '@causeway/runtime/log';
import { messageOf } from '@causeway/runtime/postgres-pool';
import { openSource, type SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type pg from 'pg';
import { isPassing } from '@causeway/runtime/passing-trouble';
import { isBusy } from './log-purge.ts';
import type { Throttle } from './throttle.ts';

export interface LogBounds {
  /** Entries from which on a warning is told; 0: never. */
  readonly warn: number;
  /** Entries at which the capture is taken out of the source; 0: never. */
  readonly limit: number;
}

export interface SourceGuardInput {
  readonly pool: pg.Pool;
  readonly g: Generation;
  readonly sourceFile: string;
  readonly bounds: LogBounds;
  readonly throttle: Throttle;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const LOOK_MS = 500;
const BUSY_MS = 50;

export class SourceGuard {
  /** For whoever tells how things are; null: nothing. */
  warning: string | null = null;
  private readonly input: SourceGuardInput;
  private db: SourceDatabase | undefined;

  constructor(input: SourceGuardInput) {
    this.input = input;
  }

  /** Until the signal. Throws LOG_LIMIT when the capture had to go. */
  async run(): Promise<void> {
    const { pool, g, throttle, signal, log } = this.input;
    try {
      while (!signal.aborted) {
        try {
          const live = await findLive(pool, g.migration);
          if (live === null || live.generation !== g.generation || live.phase === 'completed') return;
          throttle.set(live.throttleBytes === null ? null : Number(live.throttleBytes));
          this.look(live);
        } catch (error) {
          if (!isPassing(error)) throw error;
          log.debug({ reason: messageOf(error) }, 'the record cannot be read just now');
        }
        await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
      }
    } finally {
      this.db?.close();
    }
  }

  private look(live: LiveRecord): void {
    const { bounds, log, sourceFile } = this.input;
    this.db ??= openSource(sourceFile);
    // Another capture, or none, is told by whoever reads it.
    if (!captureIsThere(this.db) || readFact(this.db, 'token') !== live.token) return;
    const entries = Number(logEnd(this.db) - readCount(this.db, 'purged_to'));
    const told = this.warning !== null;
    this.warning = bounds.warn > 0 && entries > bounds.warn ? `the change log in the source holds ${entries} entries: see what holds the target or the validator back${bounds.limit > 0 ? `; at ${bounds.limit} the capture is taken out` : ''}` : null;
    if (this.warning !== null && !told) log.warn({ entries }, this.warning);
    // While a switch is at work, or PostgreSQL is the primary, nothing grows it.
    if (bounds.limit > 0 && entries > bounds.limit && (live.phase === 'loading' || live.phase === 'following')) this.giveUp(live, entries);
  }

  // Invariant: I100
  private giveUp(live: LiveRecord, entries: number): void {
    const db = openWritableSource(this.input.sourceFile);
    try {
      db.pragma(`busy_timeout = ${BUSY_MS}`);
      if (readCount(db, 'fence_attempt') !== 0n || readFact(db, 'token') !== live.token) return;
      removeCapture(db);
    } catch (error) {
      // The application comes first: again at the next look.
      if (isBusy(error)) return;
      throw error;
    } finally {
      db.close();
    }
    throw new Failure('LOG_LIMIT', `the change log of ${this.input.sourceFile} had ${entries} entries, and ${this.input.bounds.limit} is its bound: the capture was taken out, so that the file of the application grows no further`);
  }
}
