/**
 * What a cutover or a rollback does next: a pure function of what is durable. A controller reads the facts, performs the
 * one action, and reads again; so a restart is just another lap, and a second controller does no harm.
 *
 * Facts must be read in this order: PostgreSQL's row first, SQLite second (rule 20). Every action is guarded where it is
 * performed (compare-and-set of phase and attempt, the fence's own conditions): this function only chooses.
 */
import type { LivePhase } from '../live/live-record.ts';

/** `undo`: a step has failed or its deadline has passed, or the owner has changed their mind. */
export type CutoverGoal = 'cutover' | 'rollback' | 'undo';

/** The fence as SQLite stores it (rule 19). */
export interface SourceFence {
  /** Attempt whose fence stands, 0 without. */
  readonly attempt: bigint;
  /** The log's end under it. */
  readonly end: bigint | null;
}

/**
 * The application's own gate, which keeps its writes waiting before the fence would refuse them. `none`: it has none;
 * `closed`: by this very attempt, and nothing of the application writes any more; `left`: closed, or half so, by whoever.
 */
export type GateFact = 'none' | 'open' | 'closed' | 'left';

export interface CutoverFacts {
  readonly phase: LivePhase;
  readonly attempt: bigint;
  /** The log's end under this attempt's fence, as PostgreSQL's record has it. */
  readonly fenceEnd: bigint | null;
  readonly fence: SourceFence;
  /** Newest log id whose effects are committed in PostgreSQL. */
  readonly applied: bigint;
  /** Newest attempt whose drain marker the loader has consumed. */
  readonly markerAttempt: bigint;
  /** The reverse capture stands on every table. */
  readonly armed: boolean;
  /** Gates of the goal that are red, by name. */
  readonly redGates: readonly string[];
  /** What the fence cannot stop has happened to SQLite since (rule 25). */
  readonly sourceTouched: boolean;
  /** Everything up to the end of this attempt's drain is compared and equal. */
  readonly verified: boolean;
  /** The sequences of the side to be opened are set, in this attempt. */
  readonly sequencesSet: boolean;
  readonly target: 'open' | 'closed' | 'partly';
  /** Newest attempt whose marker came the way back. */
  readonly backMarker: bigint;
  /** The owner's switch command has ended well in this attempt, or there is none. */
  readonly switchRun: boolean;
  readonly gate: GateFact;
}

export type CutoverAction =
  /** Another controller is at work between the two readings. */
  | { readonly kind: 'look_again' }
  | { readonly kind: 'arm' }
  | { readonly kind: 'wait_gates'; readonly red: readonly string[] }
  /** Compare-and-set to the next attempt; the fence's end of an earlier one is forgotten in the same transaction. */
  | { readonly kind: 'begin'; readonly to: 'switching' | 'returning'; readonly attempt: bigint }
  /** The application holds new writes and ends those in flight, so that the fence meets none. A kindness: the fence alone is what keeps writes away. */
  | { readonly kind: 'close_gate' }
  | { readonly kind: 'open_gate'; readonly primary: 'sqlite' | 'postgresql' }
  | { readonly kind: 'raise_fence'; readonly attempt: bigint }
  | { readonly kind: 'store_fence_end'; readonly end: bigint }
  | { readonly kind: 'wait_drain' }
  | { readonly kind: 'wait_verify' }
  | { readonly kind: 'set_sequences' }
  | { readonly kind: 'open' }
  | { readonly kind: 'run_switch' }
  | { readonly kind: 'close_target' }
  /** PostgreSQL's decision that SQLite is the primary again; the lift is a lap of its own, after its commit (rule 21). */
  | { readonly kind: 'decide_following' }
  /** The end of a rollback that did not succeed: decision and reopening in one transaction (rule 21). */
  | { readonly kind: 'reopen' }
  | { readonly kind: 'lift_fence'; readonly attempt: bigint }
  | { readonly kind: 'done' }
  | { readonly kind: 'refuse'; readonly why: 'LOADING' | 'ENDED' }
  /**
   * PostgreSQL is the primary and SQLite is not fenced. To be believed only if PostgreSQL's row, read once more, is still
   * the same: a controller that was stopped between its two readings sees this too. Never mended without the owner.
   */
  | { readonly kind: 'alarm' };

/** Marker of this attempt consumed and its log applied to the fence's end (rule 22). */
export function drained(facts: Pick<CutoverFacts, 'attempt' | 'fenceEnd' | 'applied' | 'markerAttempt'>): boolean {
  return facts.fenceEnd !== null && facts.markerAttempt === facts.attempt && facts.applied >= facts.fenceEnd;
}

const mustClose = ({ gate }: CutoverFacts): boolean => gate === 'open' || gate === 'left';
const keepsWaiting = ({ gate }: CutoverFacts): boolean => gate === 'closed' || gate === 'left';

export function nextAction(goal: CutoverGoal, facts: CutoverFacts): CutoverAction {
  // Invariant: I61
  if (facts.fence.attempt > facts.attempt) return { kind: 'look_again' };
  switch (facts.phase) {
    case 'loading':
      return goal === 'undo' ? { kind: 'done' } : { kind: 'refuse', why: 'LOADING' };
    case 'completed':
      return { kind: 'refuse', why: 'ENDED' };
    case 'following':
      return whileFollowing(goal, facts);
    case 'switching':
      return whileSwitching(goal, facts);
    case 'switched':
      return whileSwitched(goal, facts);
    case 'returning':
      return whileReturning(goal, facts);
  }
}

function whileFollowing(goal: CutoverGoal, facts: CutoverFacts): CutoverAction {
  // What stands here was decided away already: an attempt that was undone, or a rollback that was cut off after its decision.
  if (facts.fence.attempt !== 0n) return { kind: 'lift_fence', attempt: facts.fence.attempt };
  if (keepsWaiting(facts)) return { kind: 'open_gate', primary: 'sqlite' };
  if (goal !== 'cutover') return { kind: 'done' };
  if (!facts.armed) return { kind: 'arm' };
  if (facts.redGates.length > 0) return { kind: 'wait_gates', red: facts.redGates };
  return { kind: 'begin', to: 'switching', attempt: facts.attempt + 1n };
}

function whileSwitching(goal: CutoverGoal, facts: CutoverFacts): CutoverAction {
  if (goal !== 'cutover' || facts.sourceTouched) return { kind: 'decide_following' };
  if (facts.fence.attempt < facts.attempt && mustClose(facts)) return { kind: 'close_gate' };
  if (facts.fence.attempt < facts.attempt) return { kind: 'raise_fence', attempt: facts.attempt };
  if (facts.fence.end === null) return { kind: 'look_again' };
  if (facts.fenceEnd !== facts.fence.end) return { kind: 'store_fence_end', end: facts.fence.end };
  if (!drained(facts)) return { kind: 'wait_drain' };
  if (!facts.verified) return { kind: 'wait_verify' };
  if (!facts.sequencesSet) return { kind: 'set_sequences' };
  return { kind: 'open' };
}

function whileSwitched(goal: CutoverGoal, facts: CutoverFacts): CutoverAction {
  if (facts.fence.attempt === 0n) return { kind: 'alarm' };
  // Past the point of no return: a cutover is finished, never abandoned.
  if (goal === 'cutover' && !facts.switchRun) return { kind: 'run_switch' };
  if (keepsWaiting(facts)) return { kind: 'open_gate', primary: 'postgresql' };
  if (goal === 'cutover') return { kind: 'done' };
  if (goal === 'undo') return { kind: 'done' };
  if (facts.redGates.length > 0) return { kind: 'wait_gates', red: facts.redGates };
  return { kind: 'begin', to: 'returning', attempt: facts.attempt + 1n };
}

function whileReturning(goal: CutoverGoal, facts: CutoverFacts): CutoverAction {
  if (facts.fence.attempt === 0n) return { kind: 'alarm' };
  if (goal !== 'rollback' || facts.sourceTouched) return { kind: 'reopen' };
  if (facts.target !== 'closed') return mustClose(facts) ? { kind: 'close_gate' } : { kind: 'close_target' };
  if (facts.backMarker !== facts.attempt) return { kind: 'wait_drain' };
  if (!facts.verified) return { kind: 'wait_verify' };
  if (!facts.sequencesSet) return { kind: 'set_sequences' };
  return { kind: 'decide_following' };
}
