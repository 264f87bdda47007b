/** What is known of a live migration without asking SQLite: for status, the following display and the gates. */
import type pg from 'pg';
import { findLive, type LivePhase } from '../live/live-record.ts';
import { DOWN_AFTER_MS, readBeats } from '../live/service-beat.ts';
import { readStreamPosition } from '../live/stream-position.ts';
import { type Generation, readContracts } from '../record/table-record.ts';
import { backProblems } from '../target/back-problem.ts';
import { problemText } from '../target/problem-text.ts';
import { readSteps, type StepRecord } from './step-record.ts';

export interface ServiceStatus {
  readonly name: string;
  readonly alive: boolean;
  readonly secondsSinceBeat: number;
  /** What it tells about itself. */
  readonly state: Readonly<Record<string, unknown>>;
}

export interface LiveStatus {
  readonly phase: LivePhase;
  /** From following to completed both databases receive every write. */
  readonly dualWrite: boolean;
  /** Where applications write; `nobody` while a cutover or a rollback may have fenced both. */
  readonly authoritative: 'sqlite' | 'postgresql' | 'nobody';
  readonly attempt: number;
  readonly applied: string;
  readonly catchingUp: boolean;
  /** Divergences that stand open. */
  readonly divergences: number;
  readonly backProblems: readonly string[];
  readonly services: readonly ServiceStatus[];
  readonly steps: readonly { readonly attempt: number; readonly step: string; readonly state: string; readonly ms: number }[];
}

const SERVICES = ['extractor', 'loader', 'validator'] as const;

/** Which side is the primary in a phase. */
export function authoritativeIn(phase: LivePhase): LiveStatus['authoritative'] {
  switch (phase) {
    case 'loading':
    case 'following':
      return 'sqlite';
    case 'switched':
    case 'completed':
      return 'postgresql';
    default:
      return 'nobody';
  }
}

/** Null where the migration is not live. */
export async function readLiveStatus(pool: pg.Pool, g: Generation): Promise<LiveStatus | null> {
  const live = await findLive(pool, g.migration);
  if (live === null) return null;
  const [position, beats, steps, problems, contracts, open] = await Promise.all([
    readStreamPosition(pool, g),
    readBeats(pool, g.migration),
    readSteps(pool, g.migration),
    backProblems(pool, g.migration),
    readContracts(pool, g),
    pool.query("SELECT count(*)::int AS n FROM causeway.divergence WHERE migration = $1 AND generation = $2 AND state = 'open'", [g.migration, g.generation]),
  ]);
  return {
    phase: live.phase,
    dualWrite: live.phase !== 'loading' && live.phase !== 'completed',
    authoritative: authoritativeIn(live.phase),
    attempt: Number(live.attempt),
    applied: String(position.applied),
    catchingUp: position.catchingUp,
    divergences: open.rows[0].n as number,
    backProblems: problems.map((p) => problemText(p, contracts)),
    services: SERVICES.flatMap((name) => beats.filter((b) => b.name === name)).map((b) => ({ name: b.name, alive: b.ageMs < DOWN_AFTER_MS, secondsSinceBeat: Math.round(b.ageMs / 100) / 10, state: b.state })),
    steps: steps.map(({ attempt, step, state, ms }: StepRecord) => ({ attempt: Number(attempt), step, state, ms: Math.round(ms) })),
  };
}
