/**
 * Wakes those who wait for another process to change the file. SQLite has no notification, but `data_version` is a
 * counter in shared memory: reading it costs microseconds, so it is looked at every few milliseconds while someone waits.
 */
import type Database from 'better-sqlite3';

/** What a follower adds to its lag at most; 100 looks a second are far below one percent of a core. */
const LOOK_MS = 10;

export class ChangeWatch {
  private readonly db: Database.Database;
  private readonly waiting = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private seen: unknown;

  constructor(db: Database.Database) {
    this.db = db;
    this.seen = this.version();
  }

  /**
   * Resolves at the next commit of another connection, counted from the last time that anyone was woken, so that a
   * commit between a look at the data and this call is not missed. Rejects when the signal aborts.
   */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const done = (): void => {
        signal.removeEventListener('abort', aborted);
        resolve();
      };
      const aborted = (): void => {
        this.waiting.delete(done);
        this.settle();
        reject(signal.reason);
      };
      signal.addEventListener('abort', aborted, { once: true });
      this.waiting.add(done);
      this.timer ??= setInterval(() => this.look(), LOOK_MS);
    });
  }

  private look(): void {
    const version = this.version();
    if (version === this.seen) return;
    this.seen = version;
    const woken = [...this.waiting];
    this.waiting.clear();
    this.settle();
    for (const wake of woken) wake();
  }

  private settle(): void {
    if (this.waiting.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private version(): unknown {
    return this.db.pragma('data_version', { simple: true });
  }
}
