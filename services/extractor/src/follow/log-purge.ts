/**
 * Keeps the log small: what PostgreSQL has committed, what is published, and what the validator no longer needs goes, a
 * few thousand entries a transaction, so that the application never waits for it long.
 */
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { purgeLog } from '@causeway/control/capture/source-facts';
import type { ServiceBeat } from '@causeway/control/live/service-beat';
import { DOWN_AFTER_MS } from '@causeway/control/live/service-beat';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { setTimeout as sleep } from 'node:timers/promises';

const AT_ONCE = 4_000n;
/** The application comes first: we try again a second later. */
const BUSY_MS = 20;
const PAUSE_MS = 5;

export class LogPurge {
  private readonly file: string;
  private db: SourceDatabase | undefined;

  constructor(file: string) {
    this.file = file;
  }

  /** Up to `bound`; entries that are gone already cost nothing. Ends early when the application is busy. */
  async purge(purgedTo: bigint, bound: bigint): Promise<void> {
    try {
      this.db ??= openForPurge(this.file);
      for (let to = purgedTo; to < bound; ) {
        to = to + AT_ONCE < bound ? to + AT_ONCE : bound;
        purgeLog(this.db, to);
        await sleep(PAUSE_MS);
      }
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }

  close(): void {
    this.db?.close();
  }
}

/** Nobody needs what is at or below it (rule 15). */
export function purgeBound(applied: bigint, published: bigint, validator: ServiceBeat | undefined): bigint {
  const bound = applied < published ? applied : published;
  const holding = validator === undefined || validator.ageMs > DOWN_AFTER_MS ? undefined : validator.state['holding'];
  if (typeof holding !== 'string') return bound;
  return BigInt(holding) < bound ? BigInt(holding) : bound;
}

function openForPurge(file: string): SourceDatabase {
  const db = openWritableSource(file);
  db.pragma(`busy_timeout = ${BUSY_MS}`);
  return db;
}

export function isBusy(error: unknown): boolean {
  const { code = '', cause } = error as { code?: string; cause?: { code?: string } };
  return code.startsWith('SQLITE_BUSY') || (cause?.code ?? '').startsWith('SQLITE_BUSY');
}
