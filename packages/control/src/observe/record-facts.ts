/** What the control record says of one migration, read at a scrape. Few queries, none of them over rows of the application. */
import type pg from 'pg';
import { type Gate, cutoverGates, rollbackGates } from '../cutover/gates.ts';
import { gateFacts } from '../cutover/gate-facts.ts';
import { authoritativeIn, type LiveStatus } from '../cutover/live-status.ts';
import { type LivePhase, type LiveRecord, findLive } from '../live/live-record.ts';
import { readBeats } from '../live/service-beat.ts';
import { readStreamPosition } from '../live/stream-position.ts';
import { type Generation, readContracts } from '../record/table-record.ts';
import type { Phase } from '../record/migration-record.ts';
import { type BackProblem, backProblems } from '../target/back-problem.ts';
import { reverseCaptureInstalled } from '../target/reverse-capture.ts';
import { openSource } from '@causeway/runtime/sqlite/open-source';
import { type FenceTime, fenceTimes } from './fence-times.ts';

export interface RecordFacts {
  readonly phase: LivePhase | Phase;
  readonly phaseAgeSeconds: number;
  readonly quarantined: readonly { readonly table: string; readonly rows: number }[];
  readonly verification: { readonly equal: boolean; readonly ageSeconds: number } | null;
  /** Null where the migration is not a live one. */
  readonly live: LiveFacts | null;
}

export interface LiveFacts {
  readonly authoritative: LiveStatus['authoritative'];
  readonly attempt: number;
  readonly applied: number;
  readonly catchingUp: boolean;
  readonly divergences: number;
  readonly beats: readonly { readonly name: string; readonly ageSeconds: number }[];
  readonly steps: readonly { readonly step: string; readonly running: boolean; readonly seconds: number }[];
  readonly fences: readonly FenceTime[];
  readonly backArmed: boolean;
  readonly backProblems: readonly BackProblem[];
  /** Empty while a cutover or a rollback is under way, as they are asked before; and where this service cannot read the source now. */
  readonly gates: readonly (Gate & { readonly goal: 'cutover' | 'rollback' })[];
}

/** A writer of the application comes first; a gate that is not read now is read at the next scrape. */
const BUSY_MS = 50;

/** Null where there is no such migration (yet). */
export async function readRecordFacts(pool: pg.Pool, migration: string, sourceFile: string): Promise<RecordFacts | null> {
  const there = await pool.query("SELECT to_regclass('causeway.live') IS NOT NULL AS there");
  if (!(there.rows[0].there as boolean)) return null;
  const found = await pool.query("SELECT generation, phase, source->>'readPath' AS source, extract(epoch FROM clock_timestamp() - phase_at)::float8 AS age FROM causeway.migration WHERE id = $1", [migration]);
  const row = found.rows[0] as { generation: number; phase: Phase; source: string; age: number } | undefined;
  if (row === undefined) return null;
  const g = { migration, generation: row.generation };
  const live = await findLive(pool, migration);
  const following = live !== null && live.generation === row.generation ? live : null;
  return {
    phase: following?.phase ?? row.phase,
    phaseAgeSeconds: following === null ? row.age : await livePhaseAge(pool, migration),
    quarantined: await quarantined(pool, g),
    verification: await lastVerification(pool, g),
    live: following === null ? null : await liveFacts(pool, g, following, sourceFile === '' ? row.source : sourceFile),
  };
}

async function livePhaseAge(pool: pg.Pool, migration: string): Promise<number> {
  return (await pool.query('SELECT extract(epoch FROM clock_timestamp() - phase_at)::float8 AS age FROM causeway.live WHERE migration = $1', [migration])).rows[0].age as number;
}

async function quarantined(pool: pg.Pool, g: Generation): Promise<{ table: string; rows: number }[]> {
  const result = await pool.query(
    `SELECT c.contract->>'target' AS "table", (SELECT count(*)::int FROM causeway.quarantine q WHERE (q.migration, q.generation, q.table_no) = (c.migration, c.generation, c.table_no)) AS rows
       FROM causeway.table_contract c WHERE migration = $1 AND generation = $2`,
    [g.migration, g.generation],
  );
  return result.rows as { table: string; rows: number }[];
}

async function lastVerification(pool: pg.Pool, g: Generation): Promise<RecordFacts['verification']> {
  const result = await pool.query("SELECT verdict <> 'different' AS equal, extract(epoch FROM clock_timestamp() - at)::float8 AS age FROM causeway.verification WHERE migration = $1 AND generation = $2 ORDER BY run DESC LIMIT 1", [g.migration, g.generation]);
  const row = result.rows[0] as { equal: boolean; age: number } | undefined;
  return row === undefined ? null : { equal: row.equal, ageSeconds: row.age };
}

async function liveFacts(pool: pg.Pool, g: Generation, live: LiveRecord, sourceFile: string): Promise<LiveFacts> {
  const contracts = await readContracts(pool, g);
  const position = await readStreamPosition(pool, g);
  const open = await pool.query("SELECT count(*)::int AS n FROM causeway.divergence WHERE migration = $1 AND generation = $2 AND state = 'open'", [g.migration, g.generation]);
  const steps = await pool.query(
    `SELECT step, state = 'running' AS running, extract(epoch FROM coalesce(ended_at, clock_timestamp()) - began_at)::float8 AS seconds FROM causeway.step
      WHERE migration = $1 AND attempt = (SELECT max(attempt) FROM causeway.step WHERE migration = $1)`,
    [g.migration],
  );
  return {
    authoritative: authoritativeIn(live.phase),
    attempt: Number(live.attempt),
    applied: Number(position.applied),
    catchingUp: position.catchingUp,
    divergences: open.rows[0].n as number,
    beats: (await readBeats(pool, g.migration)).map(({ name, ageMs }) => ({ name, ageSeconds: ageMs / 1000 })),
    steps: steps.rows as LiveFacts['steps'],
    fences: await fenceTimes(pool, g.migration),
    backArmed: await reverseCaptureInstalled(pool, g, contracts),
    backProblems: await backProblems(pool, g.migration),
    gates: live.phase === 'following' || live.phase === 'switched' ? await gates(pool, g, live.phase, sourceFile, contracts).catch(() => []) : [],
  };
}

async function gates(pool: pg.Pool, g: Generation, phase: 'following' | 'switched', sourceFile: string, contracts: Awaited<ReturnType<typeof readContracts>>): Promise<LiveFacts['gates']> {
  const goal = phase === 'following' ? 'cutover' : 'rollback';
  const db = openSource(sourceFile);
  try {
    db.pragma(`busy_timeout = ${BUSY_MS}`);
    const facts = await gateFacts({ pool, g, contracts, db });
    return (goal === 'cutover' ? cutoverGates(facts) : rollbackGates(facts)).map((gate) => ({ ...gate, goal }));
  } finally {
    db.close();
  }
}
