/** What an action of a controller does, guarded as production guards it where it is performed: decisions.ts, source-fence.ts. */
import type { Intention } from './control-controller.ts';
import type { ControlRules, ControlState, Phase } from './control-state.ts';

type S = ControlState;

export interface Performed {
  readonly to: S;
  readonly violation?: string;
}

export function perform(s: S, { kind, phase, attempt, argument }: Intention, rules: ControlRules): Performed {
  const mine = (wanted: Phase = phase): boolean => rules.noCompare === true || (s.phase === wanted && s.attempt === attempt);
  switch (kind) {
    case 'arm':
      return { to: { ...s, armed: true } };
    case 'begin':
      return { to: mine() ? begin(s, argument as 'switching' | 'returning') : s };
    case 'raise_fence':
      return raise(s, argument as number, rules);
    case 'store_fence_end':
      return { to: mine('switching') ? { ...s, fenceEnd: argument as number } : s };
    case 'set_sequences':
      return { to: s.sequences < attempt ? { ...s, sequences: attempt } : s };
    case 'open':
      return { to: mine('switching') && mayOpen(s, attempt, rules) ? { ...s, phase: 'switched', open: rules.openLater !== true } : s };
    case 'open_later':
      return { to: { ...s, open: true } };
    case 'close_target':
      return { to: mine('returning') ? { ...s, open: false } : s };
    case 'decide_following':
      return { to: mine() ? decideFollowing(s, argument === 'undo') : s };
    case 'lift_and_decide':
      return { to: decideFollowing({ ...s, fence: 0, sourceEnd: -1, lifted: Math.max(s.lifted, s.fence) }, argument === 'undo') };
    case 'reopen':
      return { to: mine('returning') && s.undos > 0 ? { ...s, phase: 'switched', open: rules.openLater !== true, undos: s.undos - 1 } : s };
    case 'lift_fence':
      return { to: lift(s, argument as number, rules) };
    case 'alarm':
      // Believed only if the row is still the same.
      return s.phase === phase && s.attempt === attempt ? { to: s, violation: 'PostgreSQL is the primary, and SQLite is not fenced' } : { to: s };
    default:
      throw new Error(`no such action: ${kind}`);
  }
}

function begin(s: S, to: 'switching' | 'returning'): S {
  if (to === 'switching') return s.cutovers === 0 ? s : { ...s, phase: to, attempt: s.attempt + 1, fenceEnd: -1, cutovers: s.cutovers - 1, touched: false };
  return s.rollbacks === 0 ? s : { ...s, phase: to, attempt: s.attempt + 1, rollbacks: s.rollbacks - 1 };
}

/** Checked in the opening's own transaction once more. */
function mayOpen(s: S, attempt: number, rules: ControlRules): boolean {
  if (rules.armLate !== true && !s.armed) return false;
  return rules.markerWithoutAttempt === true || rules.noCompare === true || (s.fenceEnd >= 0 && s.applied >= s.fenceEnd && s.marker === attempt);
}

function decideFollowing(s: S, undo: boolean): S {
  if (undo && s.undos === 0) return s;
  return { ...s, phase: 'following', undos: undo ? s.undos - 1 : s.undos };
}

function raise(s: S, attempt: number, rules: ControlRules): Performed {
  if (attempt === s.fence) return { to: s };
  if (rules.raiseAny !== true && (attempt <= s.lifted || attempt < s.fence)) return { to: s };
  const to = { ...s, fence: attempt, sourceEnd: s.logEnd };
  return attempt <= s.lifted ? { to, violation: `the application is stopped by the fence of attempt ${attempt}, which is over` } : { to };
}

function lift(s: S, attempt: number, rules: ControlRules): S {
  if (rules.liftAny !== true && s.fence !== attempt) return s;
  return { ...s, fence: 0, sourceEnd: -1, lifted: Math.max(s.lifted, attempt) };
}
