import type { LivePhase } from '../live/live-record.ts';
import { type CutoverAction, type CutoverFacts, type CutoverGoal, drained, nextAction } from './transition.ts';

/** Everything durable of both sides, and two controllers that may be stopped between any two of their steps. */
interface World {
  phase: LivePhase;
  attempt: number;
  fenceEnd: number | null;
  fence: number;
  lifted: number;
  target: 'open' | 'closed';
  marker: number;
  backMarker: number;
  controllers: Controller[];
}

interface Controller {
  goal: CutoverGoal;
  /** PostgreSQL's row as it was read; SQLite is read later. */
  row: { phase: LivePhase; attempt: number; fenceEnd: number | null; marker: number; backMarker: number; target: 'open' | 'closed' } | null;
  /** Chosen, not yet performed. */
  action: CutoverAction | null;
}

const START: World = { phase: 'following', attempt: 0, fenceEnd: null, fence: 0, lifted: 0, target: 'closed', marker: 0, backMarker: 0, controllers: [{ goal: 'cutover', row: null, action: null }, { goal: 'cutover', row: null, action: null }] };
const ATTEMPTS = 3;
const END = 7;

/** Performs the action with exactly the guards that the real steps have. */
function perform(world: World, chosen: CutoverAction, row: NonNullable<Controller['row']>): void {
  const mine = world.phase === row.phase && world.attempt === row.attempt;
  switch (chosen.kind) {
    case 'begin':
      if (mine) Object.assign(world, { phase: chosen.to, attempt: Number(chosen.attempt), fenceEnd: null });
      return;
    case 'raise_fence':
      if (Number(chosen.attempt) > world.lifted && Number(chosen.attempt) >= world.fence) world.fence = Number(chosen.attempt);
      return;
    case 'lift_fence':
      if (world.fence === Number(chosen.attempt)) Object.assign(world, { fence: 0, lifted: Math.max(world.lifted, Number(chosen.attempt)) });
      return;
    case 'store_fence_end':
      if (mine && world.phase === 'switching') world.fenceEnd = Number(chosen.end);
      return;
    case 'decide_following':
      if (mine) world.phase = 'following';
      return;
    case 'open':
      if (mine) Object.assign(world, { phase: 'switched', target: 'open' });
      return;
    case 'reopen':
      if (mine) Object.assign(world, { phase: 'switched', target: 'open' });
      return;
    case 'close_target':
      // Under the row's lock: only while this attempt returns.
      if (mine) world.target = 'closed';
      return;
    case 'alarm':
      // The row may have been read long before the fence: it is an alarm only if the row is still the same.
      if (mine) throw new Error('an alarm, and nobody has touched the fence');
      return;
    default:
  }
}

function facts(row: NonNullable<Controller['row']>, fence: number): CutoverFacts {
  return {
    phase: row.phase,
    attempt: BigInt(row.attempt),
    fenceEnd: row.fenceEnd === null ? null : BigInt(row.fenceEnd),
    fence: { attempt: BigInt(fence), end: fence === 0 ? null : BigInt(END) },
    applied: BigInt(END),
    markerAttempt: BigInt(row.marker),
    armed: true,
    redGates: [],
    sourceTouched: false,
    verified: true,
    sequencesSet: true,
    target: row.target,
    backMarker: BigInt(row.backMarker),
    switchRun: true,
    gate: 'none',
  };
}

/** All worlds that one step of anybody can lead to. */
function* successors(world: World): Generator<World> {
  // The extractor and the loader: a marker travels when its fence stands.
  if (world.phase === 'switching' && world.fence === world.attempt && world.fenceEnd !== null && world.marker !== world.attempt) yield { ...structuredClone(world), marker: world.attempt };
  if (world.phase === 'returning' && world.target === 'closed' && world.backMarker !== world.attempt) yield { ...structuredClone(world), backMarker: world.attempt };
  for (const [i, controller] of world.controllers.entries()) {
    // A crash, or another command by the owner: what was read and chosen is gone.
    for (const goal of ['cutover', 'rollback', 'undo'] as const) {
      if (goal !== controller.goal || controller.row !== null) yield withController(world, i, { goal, row: null, action: null });
    }
    if (controller.row === null) {
      const { phase, attempt, fenceEnd, marker, backMarker, target } = world;
      yield withController(world, i, { ...controller, row: { phase, attempt, fenceEnd, marker, backMarker, target } });
    } else if (controller.action === null) {
      const action = nextAction(controller.goal, facts(controller.row, world.fence));
      if (action.kind === 'begin' && action.attempt > BigInt(ATTEMPTS)) continue;
      yield withController(world, i, { ...controller, action });
    } else {
      const next = withController(world, i, { ...controller, row: null, action: null });
      perform(next, controller.action, controller.row);
      yield next;
    }
  }
}

function withController(world: World, i: number, controller: Controller): World {
  const next = structuredClone(world);
  next.controllers[i] = controller;
  return next;
}

const nameOf = (world: World): string => JSON.stringify(world, (_, value) => (typeof value === 'bigint' ? Number(value) : value));

describe('the next action', () => {
  // Invariant: I61
  test('never lets both sides be writable, with two controllers stopped anywhere', () => {
    const seen = new Set([nameOf(START)]);
    const waiting = [START];
    const phases = new Set<string>();
    for (let world = waiting.pop(); world !== undefined; world = waiting.pop()) {
      phases.add(world.phase);
      if (world.fence === 0 && world.target === 'open') throw new Error(`both sides are writable: ${nameOf(world)}`);
      for (const next of successors(world)) {
        const name = nameOf(next);
        if (seen.has(name)) continue;
        seen.add(name);
        waiting.push(next);
      }
    }
    expect([...phases].sort()).toEqual(['following', 'returning', 'switched', 'switching']);
    expect(seen.size).toBeGreaterThan(1_000);
  }, 120_000);

  test('is defined for every state and every fact, and opens or lifts only where it may', () => {
    let states = 0;
    for (const current of everyFact()) {
      for (const goal of ['cutover', 'rollback', 'undo'] as const) {
        const action = nextAction(goal, current);
        states++;
        if (!allowed(goal, current, action)) throw new Error(`${goal}: ${action.kind} in ${nameOf(current as never)}`);
      }
    }
    expect(states).toBeGreaterThan(100_000);
  }, 120_000);
});

function allowed(goal: CutoverGoal, current: CutoverFacts, action: CutoverAction): boolean {
  if (current.fence.attempt > current.attempt) return action.kind === 'look_again';
  if (goal === 'undo' && !['done', 'open_gate', 'lift_fence', 'decide_following', 'reopen', 'alarm', 'refuse'].includes(action.kind)) return false;
  switch (action.kind) {
    case 'open':
      return current.phase === 'switching' && current.fence.attempt === current.attempt && drained(current) && current.verified && current.sequencesSet && !current.sourceTouched;
    case 'lift_fence':
      return current.phase === 'following';
    case 'raise_fence':
      return current.gate === 'none' || current.gate === 'closed';
    case 'close_target':
      return current.gate === 'none' || current.gate === 'closed';
    case 'close_gate':
      return (current.gate === 'open' || current.gate === 'left') && ((current.phase === 'switching' && current.fence.attempt < current.attempt) || (current.phase === 'returning' && current.target !== 'closed'));
    case 'open_gate':
      // Only towards a side that can be written by now.
      return (current.gate === 'closed' || current.gate === 'left') && (action.primary === 'sqlite' ? current.phase === 'following' && current.fence.attempt === 0n : current.phase === 'switched');
    case 'done':
      return current.gate === 'none' || current.gate === 'open' || current.phase === 'loading';
    case 'begin':
      return action.attempt === current.attempt + 1n && current.redGates.length === 0;
    case 'reopen':
      return current.phase === 'returning';
    case 'decide_following':
      return current.phase === 'switching' || (current.phase === 'returning' && current.target === 'closed' && current.backMarker === current.attempt && current.verified && current.sequencesSet);
    default:
      return true;
  }
}

function* everyFact(): Generator<CutoverFacts> {
  const booleans = [false, true];
  for (const phase of ['loading', 'following', 'switching', 'switched', 'returning', 'completed'] as const)
    for (const fence of [0n, 1n, 2n, 3n].map((attempt) => ({ attempt, end: attempt === 0n ? null : 5n })))
      for (const fenceEnd of [null, 4n, 5n])
        for (const applied of [4n, 5n])
          for (const markerAttempt of [1n, 2n])
            for (const backMarker of [1n, 2n])
              for (const target of ['open', 'closed', 'partly'] as const)
                for (const armed of booleans)
                  for (const redGates of [[], ['lag']])
                    for (const sourceTouched of booleans)
                      for (const verified of booleans)
                        for (const sequencesSet of booleans)
                          for (const gate of ['none', 'open', 'closed', 'left'] as const) yield { phase, attempt: 2n, fence, fenceEnd, applied, markerAttempt, backMarker, target, armed, redGates, sourceTouched, verified, sequencesSet, switchRun: verified, gate };
}
