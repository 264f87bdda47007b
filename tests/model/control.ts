/**
 * Cutover, undo, rollback and cutover again, by two controllers that observe, are stopped, and act later. The decisions are
 * those of production's `nextAction`; drain markers are weighed by its `decideAll`, messages of the way back by its
 * `decideBack`. No state may let the application write on both sides, and no write may go to a side that lacks another.
 */
import { decideBack } from '@causeway/loader/back/decide-back';
import { decideAll } from '@causeway/loader/stream/decide-batches';
import { GOALS, type Intention, intend, type Seen } from './control-controller.ts';
import { perform } from './control-perform.ts';
import type { ControlRules, ControlState } from './control-state.ts';
import type { Model, Step } from './explore.ts';

export interface ControlBounds {
  readonly controllers: 1 | 2;
  readonly writes: number;
  readonly cutovers: number;
  readonly rollbacks: number;
  readonly undos: number;
  /** Writes that pass the fence, and power losses where a rule against them is left out. */
  readonly accidents?: number;
}

type S = ControlState;
const IDLE = '';

export function control(bounds: ControlBounds, rules: ControlRules = {}): Model<S> {
  const mostWrites = bounds.writes;

  function* application(s: S): Iterable<Step<S>> {
    if (s.writes === mostWrites) return;
    const on = { newest: s.newest + 1, writes: s.writes + 1 };
    if (s.fence === 0) yield { label: 'application writes SQLite', to: { ...s, ...on, sqlite: s.newest + 1, logEnd: s.logEnd + 1 }, ...lost(s.sqlite !== s.newest, `SQLite is written at version ${s.sqlite}, and ${s.newest} is committed`) };
    if (!s.open) return;
    const what =
      s.postgres !== s.newest ? `PostgreSQL is written at version ${s.postgres}, and ${s.newest} is committed` : !s.armed ? 'PostgreSQL is written before the way back is armed' : s.sequences === 0 ? 'PostgreSQL is written before its sequences are set' : '';
    yield { label: 'application writes PostgreSQL', to: { ...s, ...on, postgres: s.newest + 1 }, ...lost(what !== '', what) };
  }

  function* stream(s: S): Iterable<Step<S>> {
    if (s.applied < s.logEnd) yield { label: `loader applies up to ${s.logEnd}`, to: { ...s, applied: s.logEnd, postgres: s.sqlite }, ...lost(s.postgres > s.sqlite, `PostgreSQL is set back from ${s.postgres} to ${s.sqlite}`) };
    const isOnItsWay = s.markers.some(([attempt]) => attempt === s.fence);
    if (s.fence !== 0 && s.marker < s.fence && !isOnItsWay) yield { label: `tailer sends the marker of attempt ${s.fence}`, to: { ...s, markers: [...s.markers, [s.fence, s.sourceEnd]] } };
    for (const [i, [fence, to]] of s.markers.entries()) {
      const end = BigInt(to);
      const header = { from: end, to: end, asOf: end, kind: 'marker', fence: BigInt(fence), seenMs: 0 } as const;
      const { markerAttempt } = decideAll({ applied: BigInt(s.applied), asOf: BigInt(s.applied), markerAttempt: BigInt(s.marker) }, [{ header }]);
      yield { label: `loader takes the marker of attempt ${fence}`, to: { ...s, marker: Number(markerAttempt), markers: s.markers.toSpliced(i, 1) } };
    }
  }

  function* wayBack(s: S): Iterable<Step<S>> {
    const returning = s.phase === 'returning' || s.phase === 'switched';
    if (returning && s.armed && s.postgres > s.sqlite && !s.back.some(([attempt, version]) => attempt === s.attempt && version === s.postgres)) {
      yield { label: `reader sends version ${s.postgres} of attempt ${s.attempt}`, to: { ...s, back: [...s.back, [s.attempt, s.postgres] as const].sort(byNumbers) } };
    }
    for (const [attempt, version] of s.back) {
      if (version === s.sqlite || !sinkTakes(s, attempt)) continue;
      // Within one cutover the order of messages is the way back's own matter (its model is another one).
      const earlier = version < s.sqlite;
      if (earlier && attempt >= s.fence && s.fence !== 0) continue;
      yield { label: `sink writes version ${version} of attempt ${attempt}`, to: { ...s, sqlite: version }, ...lost(earlier, `SQLite is set back from ${s.sqlite} to ${version} by a message of attempt ${attempt}`) };
    }
    if (s.phase === 'returning' && !s.open && s.postgres === s.sqlite && s.backMarker < s.attempt) yield { label: `sink takes the marker of attempt ${s.attempt}`, to: { ...s, backMarker: s.attempt } };
  }

  function sinkTakes(s: S, attempt: number): boolean {
    if (rules.sink === 'unfenced') return true;
    if (rules.sink === 'any fence') return s.fence !== 0;
    return decideBack({ epoch: 0n, fence: BigInt(s.fence), lifted: BigInt(s.lifted) }, { epoch: 0n, fence: BigInt(attempt) }) === 'apply';
  }

  function* controllers(s: S): Iterable<Step<S>> {
    for (const [i, thought] of s.controllers.entries()) {
      if (i > 0 && thought === s.controllers[i - 1]) continue;
      yield* lap(s, i, thought);
    }
  }

  function* lap(s: S, i: number, thought: string): Iterable<Step<S>> {
    const think = (to: S, next: string): S => ({ ...to, controllers: s.controllers.with(i, next).sort() });
    if (thought === IDLE) {
      const seen: Seen = { phase: s.phase, attempt: s.attempt, fenceEnd: s.fenceEnd, fence: s.fence, sourceEnd: s.sourceEnd };
      yield { label: `controller reads ${rules.sourceFirst === true ? `fence ${s.fence}` : `(${s.phase}, ${s.attempt})`}`, to: think(s, JSON.stringify(rules.sourceFirst === true ? { fence: s.fence, sourceEnd: s.sourceEnd } : { ...seen, fence: 0, sourceEnd: 0 })) };
      return;
    }
    yield { label: 'controller crashes, or looks again', to: think(s, IDLE) };
    const parsed = JSON.parse(thought) as Seen | Intention;
    if ('kind' in parsed) {
      const { to, violation } = perform(s, parsed, rules);
      yield { label: `controller does ${parsed.kind} ${parsed.argument} (${parsed.phase}, ${parsed.attempt})`, to: think(to, IDLE), ...(violation === undefined ? {} : { violation }) };
      return;
    }
    const now = rules.sourceFirst === true ? { phase: s.phase, attempt: s.attempt, fenceEnd: s.fenceEnd } : { fence: s.fence, sourceEnd: s.sourceEnd };
    for (const goal of GOALS) {
      const intention = intend(s, goal, { ...parsed, ...now }, rules);
      if (intention !== null) yield { label: `controller, for ${goal}, decides ${intention.kind}`, to: think(s, JSON.stringify(intention)) };
    }
  }

  function* accidents(s: S): Iterable<Step<S>> {
    if (s.accidents === 0) return;
    const on = { ...s, accidents: s.accidents - 1 };
    if (rules.fenceNotSynced === true && s.fence !== 0) yield { label: 'SQLite loses power, and the fence with it', to: { ...on, fence: 0, sourceEnd: -1 } };
    if (rules.decisionNotSynced === true && s.phase === 'following' && s.attempt > 0) yield { label: 'PostgreSQL crashes, and the decision is undone', to: { ...on, phase: 'switching' } };
    // Rule 25 cannot help against what comes after the comparison: only what comes before the drain is told.
    if (s.phase === 'switching' && s.fence === s.attempt && s.marker < s.attempt) {
      const written = { ...on, newest: s.newest + 1, sqlite: s.newest + 1 };
      yield { label: 'incremental BLOB I/O passes the fence', to: written };
      yield { label: 'DDL passes the fence', to: { ...written, touched: true } };
    }
  }

  return {
    start: {
      newest: 0, sqlite: 0, postgres: 0, logEnd: 0, applied: 0, phase: 'following', attempt: 0, fenceEnd: -1, open: false, armed: false, sequences: 0, marker: 0,
      fence: 0, lifted: 0, sourceEnd: -1, backMarker: 0, touched: false, markers: [], back: [], controllers: Array.from({ length: bounds.controllers }, () => IDLE),
      writes: 0, cutovers: bounds.cutovers, rollbacks: bounds.rollbacks, undos: bounds.undos, accidents: bounds.accidents ?? 0,
    },
    *steps(s) {
      yield* application(s);
      yield* stream(s);
      yield* wayBack(s);
      yield* controllers(s);
      yield* accidents(s);
    },
    wrong: (s) => (s.fence === 0 && s.open ? 'both sides can be written' : null),
  };
}

const lost = (is: boolean, what: string): { violation?: string } => (is ? { violation: what } : {});
const byNumbers = (a: readonly [number, number], b: readonly [number, number]): number => a[0] - b[0] || a[1] - b[1];
