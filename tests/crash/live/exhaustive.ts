/**
 * Every named fail point, once: a clean run tells which are passed, and then each process is ended by kill −9 at each of
 * its points. Points of different processes share a run, one after the other; no two of one process do.
 */
import { CUTOVER_POINTS, type Fault, type Moment, ROLLBACK_POINTS, type RunPlan, stepPoint, type Victim } from './draw-plan.ts';
import { NOT_PASSED, passerOf, pointsInCode } from './fail-points.ts';
import { type RunOutcome, runPlan } from './run-plan.ts';
import type { Servers } from './servers.ts';

const WAY: readonly Moment[] = ['loading', 'following', 'cutover', 'switched', 'rollback', 'returned', 'second cutover', 'switched again'];
const VICTIMS: Readonly<Record<ReturnType<typeof passerOf>, Victim>> = { extractor: 'extractor', loader: 'loader', validator: 'validator', command: 'command', cutover: 'switch', rollback: 'switch', complete: 'complete' };
const SEED = 1;

const planOf = (seed: number, faults: readonly Fault[]): RunPlan => ({ seed, moments: WAY, faults, rate: 100, ballast: 300, undoes: false, once: true });

/** `tell` is given each outcome as it comes. */
export async function everyPoint(servers: Servers, tell: (outcome: RunOutcome) => void, stopped: () => boolean): Promise<{ outcomes: RunOutcome[]; missing: string[] }> {
  const clean = await runPlan(planOf(SEED, []), servers);
  tell(clean);
  const stepPoints = (['before', 'after'] as const).flatMap((when) => [...CUTOVER_POINTS.map((step) => stepPoint('cutover', step, when)), ...ROLLBACK_POINTS.map((step) => stepPoint('rollback', step, when))]);
  const missing = [...new Set([...pointsInCode(), ...stepPoints])].filter((point) => !clean.passed.includes(point) && NOT_PASSED[point] === undefined);
  const outcomes = [clean];
  for (const [at, faults] of packed(clean.passed).entries()) {
    if (stopped()) break;
    const outcome = await runPlan(planOf(SEED + 1 + at, faults), servers);
    outcomes.push(outcome);
    tell(outcome);
  }
  return { outcomes, missing };
}

/** A run takes the next point of each process. */
function packed(points: readonly string[]): Fault[][] {
  const left = Map.groupBy(points, passerOf);
  const runs: Fault[][] = [];
  for (let at = 0; [...left.values()].some((list) => at < list.length); at++) runs.push([...left].flatMap(([passer, list]) => (list[at] === undefined ? [] : [fault(passer, list[at])])));
  return runs;
}

function fault(passer: ReturnType<typeof passerOf>, point: string): Fault {
  const moment: Moment = passer === 'rollback' || point.startsWith('cutover.lift.') ? 'rollback' : passer === 'cutover' ? 'cutover' : passer === 'complete' ? 'switched again' : 'loading';
  return { victim: VICTIMS[passer], moment, delayMs: 0, failPoint: `${point}:exit9` };
}
