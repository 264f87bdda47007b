/** What is known of a live migration without asking SQLite: for status, the following display and the gates. */
import type pg from 'pg';
import { findLive, type LivePhase } from '../live/live-record.ts';
import { DOWN_AFTER_MS, readBeats } from '../live/service-beat.ts';
import { readStreamPosition } from '../live/stream-position.ts';
import { type Generation, readContracts } from '../record/table-record.ts';
import { countComputedRows } from '../target/back-computed.ts';
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
  /** Rows whose generated columns SQLite computes otherwise: PostgreSQL gets SQLite's values after a rollback. */
  readonly backComputed: number;
  /** What needs somebody now, each naming its table where it is about one. */
  readonly alarms: readonly string[];
  readonly services: readonly ServiceStatus[];
  readonly steps: readonly { readonly attempt: number; readonly step: string; readonly state: string; readonly ms: number }[];
}

const OPEN_DIVERGENCES = `SELECT c.contract->>'source' AS "table", count(*)::int AS n FROM causeway.divergence d JOIN causeway.table_contract c USING (migration, generation, table_no)
  WHERE d.migration = $1 AND d.generation = $2 AND d.state = 'open' GROUP BY 1 ORDER BY 1`;

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
  const [position, beats, steps, problems, contracts, open, backComputed] = await Promise.all([
    readStreamPosition(pool, g),
    readBeats(pool, g.migration),
    readSteps(pool, g.migration),
    backProblems(pool, g.migration),
    readContracts(pool, g),
    pool.query(OPEN_DIVERGENCES, [g.migration, g.generation]),
    countComputedRows(pool, g.migration),
  ]);
  return {
    phase: live.phase,
    dualWrite: live.phase !== 'loading' && live.phase !== 'completed',
    authoritative: authoritativeIn(live.phase),
    attempt: Number(live.attempt),
    applied: String(position.applied),
    catchingUp: position.catchingUp,
    divergences: open.rows.reduce((sum, row) => sum + (row.n as number), 0),
    backProblems: problems.map((p) => problemText(p, contracts)),
    backComputed,
    alarms: [...told(beats), ...open.rows.map((row) => `${row.n} rows of table ${JSON.stringify(row.table)} differ between the sides`)],
    services: SERVICES.flatMap((name) => beats.filter((b) => b.name === name)).map((b) => ({ name: b.name, alive: b.ageMs < DOWN_AFTER_MS, secondsSinceBeat: Math.round(b.ageMs / 100) / 10, state: b.state })),
    steps: steps.map(({ attempt, step, state, ms }: StepRecord) => ({ attempt: Number(attempt), step, state, ms: Math.round(ms) })),
  };
}

/** Of a service that is down nothing is told: what it saw last may be over. */
function told(beats: Awaited<ReturnType<typeof readBeats>>): string[] {
  const state = (name: string): Readonly<Record<string, unknown>> => beats.find((b) => b.name === name && b.ageMs < DOWN_AFTER_MS)?.state ?? {};
  const { captureLost, sourceTouched } = state('validator');
  const { warning } = state('extractor');
  return [
    ...(typeof captureLost === 'string' ? [`the capture in SQLite is not whole: ${captureLost}`] : []),
    ...(typeof sourceTouched === 'string' ? [`SQLite was changed under its fence: ${sourceTouched}`] : []),
    ...(typeof warning === 'string' ? [warning] : []),
  ];
}
