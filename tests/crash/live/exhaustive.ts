/**
 * Every named fail point, once: a clean run tells which are passed, and then each process is ended by kill −9 at each of
 * its points. Points of different processes share a run, one after the other; no two of one process do.
 */
import { CUTOVER_POINTS, type Fault, type Moment, ROLLBACK_POINTS, type RunPlan, stepPoint, UNDO_POINTS, type Victim } from './draw-plan.ts';
import { NOT_PASSED, passerOf, pointsInCode } from './fail-points.ts';
import { type RunOutcome, runPlan } from './run-plan.ts';
import type { Servers } from './servers.ts';

const WAY: readonly Moment[] = ['loading', 'following', 'cutover', 'switched', 'rollback', 'returned', 'second cutover', 'switched again'];
const VICTIMS: Readonly<Record<ReturnType<typeof passerOf>, Victim>> = { extractor: 'extractor', loader: 'loader', validator: 'validator', command: 'command', cutover: 'switch', rollback: 'switch', complete: 'complete' };
const SEED = 1;

/** Without it the loader is often through before anybody looks whether there is something to drain. */
const SLOW_LOADER: Fault = { victim: 'loader', moment: 'cutover', delayMs: 0, stopMs: 1_500 };
/** A point that was passed and did not end its process, as something else had ended it before, is tried in a run of its own so often. */
const ROUNDS = 3;

const planOf = (seed: number, faults: readonly Fault[], undoes = false): RunPlan => ({ seed, moments: WAY, faults: [...faults, SLOW_LOADER], rate: 100, ballast: 300, undoes, once: true });

const bothSides = (direction: string, steps: readonly string[]): string[] => steps.flatMap((step) => (['before', 'after'] as const).map((when) => stepPoint(direction, step, when)));
/** A switch is cut off, and so is each step of its undoing. */
const UNDONE: readonly Fault[] = (['cutover', 'rollback'] as const).flatMap((moment) => [
  { victim: 'switch', moment, delayMs: 0, failPoint: moment === 'cutover' ? 'cutover.fence.after:exit9' : 'rollback.close.after:exit9' },
  ...bothSides(moment, UNDO_POINTS[moment]).map((point): Fault => ({ victim: 'undo', moment, delayMs: 0, failPoint: `${point}:exit9` })),
]);
const undone = new Set(UNDONE.filter(({ victim }) => victim === 'undo').map(({ failPoint }) => failPoint?.split(':')[0]));

export interface EveryPoint {
  readonly outcomes: readonly RunOutcome[];
  /** Points that the product has, and no run has passed. */
  readonly missing: readonly string[];
  /** Points that were passed, and have ended nothing. */
  readonly idle: readonly string[];
  readonly acted: number;
}

/** `tell` is given each outcome as it comes. */
export async function everyPoint(servers: Servers, tell: (outcome: RunOutcome) => void, stopped: () => boolean): Promise<EveryPoint> {
  const outcomes: RunOutcome[] = [];
  const perform = async (faults: readonly Fault[], undoes = false): Promise<void> => {
    const outcome = await runPlan(planOf(SEED + outcomes.length, faults, undoes), servers);
    outcomes.push(outcome);
    tell(outcome);
  };
  const passed = (): string[] => [...new Set(outcomes.flatMap((outcome) => outcome.passed))].sort();
  const acted = (): Set<string | undefined> => new Set(outcomes.flatMap((outcome) => outcome.injected.map((fault) => fault.failPoint?.split(':')[0])));
  const idle = (): string[] => passed().filter((point) => !acted().has(point));
  await perform([]);
  await perform(UNDONE, true);
  for (let round = 0; round < ROUNDS; round++) {
    const left = idle().filter((point) => !undone.has(point));
    for (const faults of round === 0 ? packed(left) : left.map((point) => [fault(passerOf(point), point)])) if (!stopped()) await perform(faults);
  }
  const stepPoints = [...bothSides('cutover', [...CUTOVER_POINTS, ...UNDO_POINTS.cutover]), ...bothSides('rollback', [...ROLLBACK_POINTS, ...UNDO_POINTS.rollback])];
  const missing = [...new Set([...pointsInCode(), ...stepPoints])].filter((point) => !passed().includes(point) && NOT_PASSED[point] === undefined);
  return { outcomes, missing, idle: idle(), acted: passed().length - idle().length };
}

/** A run takes the next point of each process. */
function packed(points: readonly string[]): Fault[][] {
  const left = Map.groupBy(points, passerOf);
  const runs: Fault[][] = [];
  for (let at = 0; [...left.values()].some((list) => at < list.length); at++) runs.push([...left].flatMap(([passer, list]) => (list[at] === undefined ? [] : [fault(passer, list[at])])));
  return runs;
}

function fault(passer: ReturnType<typeof passerOf>, point: string): Fault {
  const moment: Moment = passer === 'rollback' ? 'rollback' : passer === 'cutover' ? 'cutover' : passer === 'complete' ? 'switched again' : 'loading';
  return { victim: VICTIMS[passer], moment, delayMs: 0, failPoint: `${point}:exit9` };
}
