/**
 * Wakes the tailer when the application commits. The system tells when the WAL (or the file) is written; a commit can be
 * seen only a moment later, so `data_version` is looked at closely for a short time then, and rarely while nothing happens.
 */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';

/** While something is being written, and for so long after the last sign of it. */
const CLOSE_MS = 4;
const AWAKE_MS = 200;
/** Where the system tells nothing (some network file systems), this is what a change waits for. */
const IDLE_MS = 100;

export class SourceWatch {
  private readonly db: SourceDatabase;
  private readonly watcher: FSWatcher | undefined;
  private awakeUntil = 0;
  private seen: unknown;
  private wake: () => void = () => {};

  constructor(db: SourceDatabase, file: string) {
    this.db = db;
    this.watcher = watching(file, () => {
      this.awakeUntil = performance.now() + AWAKE_MS;
      this.wake();
    });
  }

  /** Resolves at a commit of another connection since the last time that this resolved so, or when `ms` are over. */
  async changed(ms: number, signal: AbortSignal): Promise<boolean> {
    const until = performance.now() + ms;
    for (;;) {
      if (this.look()) return true;
      const now = performance.now();
      if (now >= until || signal.aborted) return false;
      const awake = now < this.awakeUntil;
      await this.rest(Math.max(1, Math.min(awake ? CLOSE_MS : IDLE_MS, until - now)), awake, signal);
    }
  }

  close(): void {
    this.watcher?.close();
  }

  private look(): boolean {
    const version = this.db.pragma('data_version', { simple: true });
    if (version === this.seen) return false;
    this.seen = version;
    return true;
  }

  private rest(ms: number, awake: boolean, signal: AbortSignal): Promise<void> {
    const woken = awake ? [] : [new Promise<void>((resolve) => void (this.wake = resolve))];
    return Promise.race([sleep(ms, undefined, { signal }).catch(() => {}), ...woken]);
  }
}

/** The folder is watched, because the WAL comes and goes. */
function watching(file: string, onWrite: () => void): FSWatcher | undefined {
  const [name, wal] = [basename(file), `${basename(file)}-wal`];
  try {
    const watcher = watch(dirname(file), { persistent: false }, (_, changed) => {
      if (changed === name || changed === wal) onWrite();
    });
    watcher.on('error', () => {});
    return watcher;
  } catch {
    return undefined;
  }
}
