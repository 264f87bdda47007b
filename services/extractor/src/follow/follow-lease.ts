/**
 * One tailer of a migration at a time: two would only starve each other's batches. The lock ends with its connection;
 * what a tailer that has lost it still sends is sorted out by its ids.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@causeway/runtime/log';
import type pg from 'pg';

const RETRY_MS = 500;

export class FollowLease {
  readonly lost = new AbortController();
  private readonly client: pg.PoolClient;

  private constructor(client: pg.PoolClient) {
    this.client = client;
    client.on('error', (error) => this.lost.abort(error));
  }

  /** Waits until it is free; null when the signal came first. */
  static async take(pool: pg.Pool, migration: string, log: Log, signal: AbortSignal): Promise<FollowLease | null> {
    const client = await pool.connect();
    let told = false;
    try {
      while (!signal.aborted) {
        const result = await client.query('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS mine', [`causeway tailer ${migration}`]);
        if (result.rows[0].mine as boolean) return new FollowLease(client);
        if (!told) log.info('another extractor follows this source; standing by');
        told = true;
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    } catch (error) {
      client.release(true);
      throw error;
    }
    client.release();
    return null;
  }

  /** The connection goes, and the lock with it. */
  end(): void {
    this.client.removeAllListeners('error');
    this.client.on('error', () => {});
    this.client.release(true);
  }
}
