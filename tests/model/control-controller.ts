/**
 * A controller of the control model: reads PostgreSQL's row, later SQLite, is stopped, decides by the very transition that
 * production runs, is stopped again, and acts. A crash is an observation or an intention that is dropped.
 */
import { type CutoverFacts, type CutoverGoal, nextAction } from '@causeway/control/cutover/transition';
import type { ControlRules, ControlState, Phase } from './control-state.ts';

/** What a controller has seen of PostgreSQL's row and (where the order is the wrong one) of SQLite's fence. */
export interface Seen {
  readonly phase: Phase;
  readonly attempt: number;
  readonly fenceEnd: number;
  readonly fence: number;
  readonly sourceEnd: number;
}

/** What a controller is about to do, with the row that it decided on. */
export interface Intention {
  readonly kind: string;
  readonly phase: Phase;
  readonly attempt: number;
  /** Attempt of the fence to be raised or lifted, the end to be stored, or the phase to begin. */
  readonly argument: number | string;
}

export const GOALS: readonly CutoverGoal[] = ['cutover', 'rollback', 'undo'];

const orNull = (end: number): bigint | null => (end < 0 ? null : BigInt(end));

/** The facts of a lap: the row as it was seen, everything else as it is now. */
export function factsOf(s: ControlState, seen: Seen, rules: ControlRules): CutoverFacts {
  const anyMarker = rules.markerWithoutAttempt === true && s.marker > 0;
  const anyBackMarker = rules.markerWithoutAttempt === true && s.backMarker > 0;
  return {
    phase: seen.phase,
    attempt: BigInt(seen.attempt),
    fenceEnd: orNull(seen.fenceEnd),
    fence: { attempt: BigInt(seen.fence), end: seen.fence === 0 ? null : orNull(seen.sourceEnd) },
    applied: anyMarker ? BigInt(Number.MAX_SAFE_INTEGER) : BigInt(s.applied),
    markerAttempt: BigInt(anyMarker ? seen.attempt : s.marker),
    armed: rules.armLate === true || s.armed,
    redGates: [],
    sourceTouched: rules.believeFence !== true && s.touched,
    verified: rules.believeFence === true || s.sqlite === s.postgres,
    sequencesSet: rules.sequencesLate === true || s.sequences === seen.attempt,
    target: s.open ? 'open' : 'closed',
    backMarker: BigInt(anyBackMarker ? seen.attempt : s.backMarker),
    switchRun: true,
    gate: 'none',
  };
}

/** What it will do; null where it waits, has nothing to do, or looks again. */
export function intend(s: ControlState, goal: CutoverGoal, seen: Seen, rules: ControlRules): Intention | null {
  const about = { phase: seen.phase, attempt: seen.attempt };
  if (rules.openLater === true && seen.phase === 'switched' && !s.open) return { kind: 'open_later', ...about, argument: 0 };
  if (rules.liftNewer === true && seen.phase === 'following' && seen.fence > seen.attempt) return { kind: 'lift_fence', ...about, argument: seen.fence };
  const action = nextAction(goal, factsOf(s, seen, rules));
  switch (action.kind) {
    case 'begin':
      return { kind: 'begin', ...about, argument: action.to };
    case 'raise_fence':
    case 'lift_fence':
      return { kind: action.kind, ...about, argument: Number(action.attempt) };
    case 'store_fence_end':
      return { kind: action.kind, ...about, argument: Number(action.end) };
    case 'decide_following':
      // A rollback that is through is no undo: nobody has changed their mind.
      return { kind: rules.liftFirst === true ? 'lift_and_decide' : 'decide_following', ...about, argument: seen.phase === 'returning' && goal === 'rollback' && !s.touched ? 'through' : 'undo' };
    case 'arm':
    case 'set_sequences':
    case 'open':
    case 'close_target':
    case 'reopen':
    case 'alarm':
      return { kind: action.kind, ...about, argument: 0 };
    default:
      return null;
  }
}
