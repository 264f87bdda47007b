/** What the live validator tells each second: in its beat, and as metrics. */
import type { LiveRecord } from '@causeway/control/live/live-record';
import type { Divergences } from './divergences.ts';
import type { BackFollower } from './back/back-follower.ts';
import type { ChangeFollower } from './change-follower.ts';
import type { Positions } from './positions.ts';

export class PassClock {
  passes = 0;
  /** While PostgreSQL is the primary. */
  backPasses = 0;
  startedMs: number | null = null;
  lastSeconds: number | null = null;
  endedMs: number | null = null;
  rowsVerified = 0;
}

export interface LiveState {
  /** Which way is compared: with SQLite as the primary, with PostgreSQL, or nothing is. */
  readonly mode: 'following' | 'way_back' | 'unknown';
  readonly verifiedTo: string;
  /** Entries behind this one are still needed: the purge stays below. */
  readonly holding: string;
  readonly unverified: number;
  /** Null: nothing waits, or it is not known how long (`stale`). */
  readonly oldestUnverifiedMs: number | null;
  readonly stale: boolean;
  readonly sourceEnd: string;
  readonly applied: string;
  readonly lagChanges: number;
  readonly passStartedMs: number | null;
  readonly lastPassSeconds: number | null;
  readonly passAgeMs: number | null;
  readonly passes: number;
  readonly openDivergences: number;
  readonly foundDivergences: number;
  readonly rowsVerified: number;
  readonly skippedTables: readonly string[];
  /** What is missing of the capture in SQLite, in words; null: nothing. Changes may then pass without a trace. */
  readonly captureLost: string | null;
  /** What passed the fence of SQLite that stands, in words that name the table; null: nothing. */
  readonly sourceTouched: string | null;
  /** Attempt for which everything up to the end of its drain is compared and equal, as decimal; null: not (yet). */
  readonly cutoverVerified: string | null;
  /** Attempt that the validator has laid everything else aside for, as decimal. */
  readonly preparedFor: string | null;
  /** Attempt of a rollback for which every row that was written in PostgreSQL is compared and equal; null: not (yet). */
  readonly rollbackVerified: string | null;
  /** Keys written in PostgreSQL that have left the queue of the way back and are not compared yet. */
  /** Null: not known. */
  readonly backUnverified: number | null;
  /** Whole passes since PostgreSQL became the primary. */
  readonly backPasses: number;
}

export function liveState(parts: { follower: ChangeFollower; positions: Positions; divergences: Divergences; clock: PassClock; stale: boolean; primary: 'sqlite' | 'postgresql' | null; skipped: readonly string[]; record: Pick<LiveRecord, 'phase' | 'attempt' | 'fenceEnd'> | undefined; back: Pick<BackFollower, 'unverified' | 'verifiedAttempt'>; captureLost: string | null; sourceTouched: string | null }): LiveState {
  const { follower, positions, divergences, clock } = parts;
  const now = Date.now();
  const { verifiedTo, oldestSinceMs } = follower;
  const lag = Number(follower.end - positions.applied);
  // Invariant: I58
  const age = parts.stale || parts.primary !== 'sqlite' ? null : oldestSinceMs === null ? 0 : now - oldestSinceMs;
  return {
    mode: parts.primary === null ? 'unknown' : parts.primary === 'sqlite' ? 'following' : 'way_back',
    verifiedTo: String(verifiedTo),
    holding: String(positions.oldestHeld(verifiedTo)),
    unverified: follower.unverified,
    oldestUnverifiedMs: age,
    stale: parts.stale,
    sourceEnd: String(follower.end),
    applied: String(positions.applied),
    lagChanges: lag > 0 ? lag : 0,
    passStartedMs: clock.startedMs,
    lastPassSeconds: clock.lastSeconds,
    passAgeMs: clock.endedMs === null ? null : now - clock.endedMs,
    passes: clock.passes,
    openDivergences: divergences.open,
    foundDivergences: divergences.found,
    rowsVerified: clock.rowsVerified,
    skippedTables: parts.skipped,
    preparedFor: parts.record?.phase === 'switching' || parts.record?.phase === 'returning' ? String(parts.record.attempt) : null,
    captureLost: parts.captureLost,
    sourceTouched: parts.sourceTouched,
    cutoverVerified: provedForCutover(parts) ? String(parts.record?.attempt) : null,
    rollbackVerified: parts.record?.phase === 'returning' && parts.back.verifiedAttempt === parts.record.attempt && divergences.open === 0 ? String(parts.record.attempt) : null,
    backUnverified: parts.back.unverified,
    backPasses: clock.backPasses,
  };
}

/** All rows once since this side became the primary, and since then every key that changed, up to the end under the fence. */
// Invariant: I87
function provedForCutover({ follower, divergences, clock, record, captureLost }: Parameters<typeof liveState>[0]): boolean {
  return captureLost === null && record?.phase === 'switching' && record.fenceEnd !== null && follower.verifiedTo >= record.fenceEnd && clock.passes > 0 && divergences.open === 0;
}
