/**
 * Waits until a migration exists and has reached a phase. Polling, not LISTEN: poolers in transaction mode drop
 * notifications, and one indexed read every 25 ms for the seconds of a hand-over costs less than a dead wait.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import type pg from 'pg';
import { findLive } from '../live/live-record.ts';
import { atLeast, type MigrationRecord, type Phase } from './migration-record.ts';

const QUICK_MS = 25;
const SLOW_MS = 500;
/** After this the hand-over is not imminent, and the poll goes easy on the server. */
const QUICK_FOR_MS = 60_000;

export async function waitForPhase(pool: pg.Pool, id: string, phase: Phase, signal: AbortSignal): Promise<MigrationRecord> {
  const started = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const record = await present(pool, id);
    if (record !== null && atLeast(record.phase, phase) && (await captured(pool, record))) return record;
    await sleep(performance.now() - started < QUICK_FOR_MS ? QUICK_MS : SLOW_MS, undefined, { signal }).catch(() => {
      throw new Failure('INTERRUPTED', 'stopped while waiting for the migration');
    });
  }
}

/** A live migration begins for its services once the capture stands in the source, which is when its live record is written. */
async function captured(pool: pg.Pool, record: MigrationRecord): Promise<boolean> {
  if (record.settings.live !== true) return true;
  return (await findLive(pool, record.id))?.generation === record.generation;
}

/** Null while the command has not yet written the record (services start beside its planning). */
async function present(pool: pg.Pool, id: string): Promise<MigrationRecord | null> {
  try {
    const result = await pool.query('SELECT id, name, generation, phase, source, settings, plan FROM causeway.migration WHERE id = $1', [id]);
    return (result.rows[0] as MigrationRecord | undefined) ?? null;
  } catch (error) {
    // 3F000 / 42P01: the schema or the table is not there yet.
    if (['3F000', '42P01'].includes((error as { code?: string }).code ?? '')) return null;
    throw error;
  }
}
