/** The facts of one lap, in the order that rule 20 demands: PostgreSQL's row first, SQLite's fence second. */
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import { readLive } from '../live/live-record.ts';
import { readStreamPosition } from '../live/stream-position.ts';
import type { Generation } from '../record/table-record.ts';
import { reverseCaptureInstalled } from '../target/reverse-capture.ts';
import { targetFenceState } from '../target/target-fence.ts';
import type { CutoverWork, SourceSide } from './cutover-sides.ts';
import { gateFact } from './gate-record.ts';
import type { CutoverFacts, CutoverGoal } from './transition.ts';

export interface FactsInput {
  readonly pool: pg.Pool;
  readonly g: Generation;
  readonly contracts: readonly TableContract[];
  readonly source: SourceSide;
  readonly work: CutoverWork;
}

export async function readFacts({ pool, g, contracts, source, work }: FactsInput, goal: CutoverGoal): Promise<CutoverFacts> {
  const live = await readLive(pool, g.migration);
  // Invariant: I61
  const fence = source.fence();
  const { applied, markerAttempt } = await readStreamPosition(pool, g);
  const { phase, attempt } = live;
  const direction = phase === 'returning' ? 'rollback' : 'cutover';
  const underWay = phase === 'switching' || phase === 'returning';
  const gate = work.gate === null ? 'none' : await gateFact(pool, g.migration, attempt);
  // The longest look of all, and the application waits for its gate: only where an attempt is about to begin.
  const begins = (gate === 'none' || gate === 'open') && ((phase === 'following' && goal === 'cutover') || (phase === 'switched' && goal === 'rollback'));
  // What a lap does not look at costs nothing: under the fence every round trip counts.
  return {
    phase,
    attempt,
    fenceEnd: live.fenceEnd,
    fence,
    applied,
    markerAttempt,
    armed: phase !== 'following' || (await reverseCaptureInstalled(pool, g, contracts)),
    redGates: begins ? (await work.gates(goal)).filter((gate) => !gate.green).map((gate) => `${gate.name}: ${gate.found} (${gate.remedy})`) : [],
    sourceTouched: underWay && fence.attempt !== 0n && source.touched() !== null,
    verified: underWay && (await work.verified(direction, attempt)),
    sequencesSet: underWay && (await stepDone(pool, g, attempt, `${direction}_sequences`)),
    target: phase === 'returning' ? await targetFenceState(pool, contracts) : 'closed',
    backMarker: phase === 'returning' ? source.backMarker() : 0n,
    gate,
    // A rollback that was undone has raised the attempt; the switch was that of the cutover whose fence stands.
    switchRun: phase === 'switched' && (await stepDone(pool, g, fence.attempt, 'cutover_switch')),
  };
}

async function stepDone(pool: pg.Pool, g: Generation, attempt: bigint, step: string): Promise<boolean> {
  const found = await pool.query("SELECT 1 FROM causeway.step WHERE migration = $1 AND attempt = $2 AND step = $3 AND state = 'done'", [g.migration, attempt, step]);
  return found.rowCount === 1;
}
