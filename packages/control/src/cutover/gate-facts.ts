/** The facts that the gates judge, from the record, the services' beats and the source. */
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type pg from 'pg';
import { logEnd, readFact } from '../capture/source-facts.ts';
import { readLive } from '../live/live-record.ts';
import { DOWN_AFTER_MS, readBeats } from '../live/service-beat.ts';
import { readStreamPosition } from '../live/stream-position.ts';
import type { Generation } from '../record/table-record.ts';
import { backProblems } from '../target/back-problem.ts';
import { problemText } from '../target/problem-text.ts';
import { sequencePlaces } from '../target/set-sequences.ts';
import type { GateFacts } from './gates.ts';

/** Less than this of its range left, and a sequence is soon at its end. */
const HEADROOM = 10n;

export interface GateSources {
  readonly pool: pg.Pool;
  readonly g: Generation;
  readonly contracts: readonly TableContract[];
  readonly db: SourceDatabase;
}

export async function gateFacts({ pool, g, contracts, db }: GateSources): Promise<GateFacts> {
  const [live, position, beats, problems, counts, places, backQueued, backChanged] = await Promise.all([
    readLive(pool, g.migration),
    readStreamPosition(pool, g),
    readBeats(pool, g.migration),
    backProblems(pool, g.migration),
    pool.query(
      `SELECT (SELECT count(*)::int FROM causeway.divergence WHERE migration = $1 AND generation = $2 AND state = 'open') AS divergences,
              (SELECT count(*)::int FROM causeway.quarantine WHERE migration = $1 AND generation = $2) AS quarantined`,
      [g.migration, g.generation],
    ),
    sequencePlaces(pool, contracts, sqliteSequences(db)),
    rows(pool, g, 'back_queue'),
    rows(pool, g, 'back_change'),
  ]);
  const alive = new Map(beats.filter((b) => b.ageMs < DOWN_AFTER_MS).map((b) => [b.name, b.state]));
  const told = (name: string): number | null => {
    const value = alive.get('validator')?.[name];
    return typeof value === 'number' ? value : null;
  };
  const beat = readFact(db, 'back_beat');
  return {
    lagChanges: Number(logEnd(db) - position.applied),
    catchingUp: position.catchingUp,
    passes: told('passes'),
    unverified: unverifiedNow(alive.get('validator'), logEnd(db)),
    openDivergences: counts.rows[0].divergences as number,
    quarantined: counts.rows[0].quarantined as number,
    backBeat: beat === undefined ? null : BigInt(beat),
    attempt: live.attempt,
    servicesDown: (['extractor', 'loader', 'validator'] as const).filter((name) => !alive.has(name)),
    backProblems: problems.map((p) => problemText(p, contracts)),
    backQueued,
    backUnverified: atLeast(told('backUnverified'), backChanged),
    fullSequences: places.filter((p) => p.given > p.limit - p.limit / HEADROOM).map((p) => `${p.sequence} (${p.given} of ${p.limit})`),
    sourceTouched: typeof alive.get('validator')?.['sourceTouched'] === 'string' ? String(alive.get('validator')?.['sourceTouched']) : null,
    captureLost: typeof alive.get('validator')?.['captureLost'] === 'string' ? String(alive.get('validator')?.['captureLost']) : null,
  };
}

/** What the validator knows of, and what has been logged since it looked; null: it has not told. */
export function unverifiedNow(validator: Readonly<Record<string, unknown>> | undefined, end: bigint): number | null {
  const { unverified, sourceEnd } = validator ?? {};
  if (typeof unverified !== 'number' || typeof sourceEnd !== 'string') return null;
  return unverified + Math.max(0, Number(end - BigInt(sourceEnd)));
}

/** What the validator told a lap ago is less than what has come since; what it has not told stays unknown. */
const atLeast = (told: number | null, now: number): number | null => (told === null ? null : Math.max(told, now));

async function rows(pool: pg.Pool, g: Generation, table: 'back_queue' | 'back_change'): Promise<number> {
  const there = await pool.query('SELECT to_regclass($1) IS NOT NULL AS there', [`causeway.${table}`]);
  if (!(there.rows[0].there as boolean)) return 0;
  return (await pool.query(`SELECT count(*)::int AS n FROM causeway.${table} WHERE migration = $1`, [g.migration])).rows[0].n as number;
}

/** sqlite_sequence as it is now. */
export function sqliteSequences(db: SourceDatabase): Map<string, bigint> {
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").get() === undefined) return new Map();
  const rows = db.prepare("SELECT name, seq FROM sqlite_sequence WHERE typeof(seq) = 'integer'").raw().safeIntegers().all() as [string, bigint][];
  return new Map(rows);
}
