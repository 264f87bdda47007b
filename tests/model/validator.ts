/**
 * Continuous validation while the application writes. The target is right by construction, so whatever the validator
 * reports is a false alarm. What may be purged is decided by production's `purgeBound` from the validator's last beat,
 * which is older than what the validator does now.
 */
import { purgeBound } from '@causeway/extractor/follow/log-purge';
import type { Model, Step } from './explore.ts';
import { type Variant, whole, without } from './variant.ts';

type Pair = readonly [number, number];

interface Check {
  readonly at: 'idle' | 'held' | 'source read' | 'position read' | 'target read';
  /** Held before the source is read. */
  readonly held: number;
  readonly position: number;
  readonly source: Pair;
  readonly target: Pair;
  /** Newest id that the target's rows may hold. */
  readonly newest: number;
}

interface State {
  readonly source: Pair;
  readonly log: readonly (readonly [number, number])[];
  readonly logEnd: number;
  readonly purgedTo: number;
  readonly target: Pair;
  readonly applied: number;
  readonly asOf: number;
  readonly check: Check;
  /** Up to here every changed key is verified. */
  readonly verifiedTo: number;
  /** `holding` of the last beat. */
  readonly beat: number;
}

interface Rules {
  readonly writes: number;
  readonly batchEntries?: number;
  /** 14: position and rows of the target come from two snapshots. */
  readonly twoSnapshots?: boolean;
  /** 14: keys are set aside up to the position, not up to the newest that the rows may hold. */
  readonly asideToPosition?: boolean;
  /** 15: the purge asks nobody but the target. */
  readonly noHold?: boolean;
  /** A purged log is not noticed. */
  readonly noGap?: boolean;
}

const IDLE: Check = { at: 'idle', held: 0, position: 0, source: [0, 0], target: [0, 0], newest: 0 };

export function validator(rules: Rules): Model<State> {
  const most = rules.batchEntries ?? Number.POSITIVE_INFINITY;

  function* stream(s: State): Iterable<Step<State>> {
    if (s.logEnd < rules.writes) {
      for (const key of [0, 1]) {
        const source: Pair = key === 0 ? [s.source[0] + 1, s.source[1]] : [s.source[0], s.source[1] + 1];
        yield { label: `application writes k${key} (${s.logEnd + 1})`, to: { ...s, source, log: [...s.log, [s.logEnd + 1, key]], logEnd: s.logEnd + 1 } };
      }
    }
    const taken = s.log.filter(([id]) => id > s.applied).slice(0, most);
    const to = taken.at(-1)?.[0];
    if (to !== undefined) {
      const changed = new Set(taken.map(([, key]) => key));
      const target: Pair = [changed.has(0) ? s.source[0] : s.target[0], changed.has(1) ? s.source[1] : s.target[1]];
      yield { label: `loader applies (${s.applied}, ${to}]`, to: { ...s, target, applied: to, asOf: Math.max(s.asOf, s.logEnd) } };
    }
    const beat = rules.noHold === true ? undefined : { name: 'validator' as const, instance: '', ageMs: 0, state: { holding: String(s.beat) } };
    const bound = Math.min(Number(purgeBound(BigInt(s.applied), BigInt(s.applied), beat)), s.logEnd - 1);
    if (bound > s.purgedTo) yield { label: `tailer purges up to ${bound}`, to: { ...s, log: s.log.filter(([id]) => id > bound), purgedTo: bound } };
  }

  function* validate(s: State): Iterable<Step<State>> {
    const holding = Math.min(s.verifiedTo, s.check.at === 'idle' ? s.verifiedTo : s.check.held);
    if (holding !== s.beat) yield { label: `validator tells that it holds ${holding}`, to: { ...s, beat: holding } };
    const { check } = s;
    const set = (to: Check): State => ({ ...s, check: to });
    switch (check.at) {
      case 'idle':
        if (s.verifiedTo < s.applied) yield { label: `validator has verified changed keys up to ${s.applied}`, to: { ...s, verifiedTo: s.applied } };
        yield { label: `validator holds ${s.applied}`, to: set({ ...IDLE, at: 'held', held: s.applied }) };
        return;
      case 'held':
        yield { label: `validator reads SQLite at ${s.logEnd}`, to: set({ ...check, at: 'source read', position: s.logEnd, source: s.source }) };
        return;
      case 'source read': {
        if (s.applied < check.position) return;
        const newest = rules.asideToPosition === true ? s.applied : Math.max(s.applied, s.asOf);
        if (rules.twoSnapshots === true) yield { label: `validator reads PostgreSQL’s position ${s.applied}`, to: set({ ...check, at: 'position read', newest }) };
        else yield { label: `validator reads PostgreSQL at ${s.applied}`, to: set({ ...check, at: 'target read', target: s.target, newest }) };
        return;
      }
      case 'position read':
        yield { label: 'validator reads PostgreSQL’s rows', to: set({ ...check, at: 'target read', target: s.target }) };
        return;
      case 'target read':
        yield judge(s);
    }
  }

  function judge(s: State): Step<State> {
    const { position, newest, source, target } = s.check;
    const aside = new Set(s.log.filter(([id]) => id > position && id <= newest).map(([, key]) => key));
    const unsure = rules.noGap !== true && s.purgedTo > position;
    const alarms = [0, 1].filter((key) => source[key] !== target[key] && !aside.has(key) && !unsure);
    return { label: `validator compares, ${aside.size} keys aside`, to: { ...s, check: IDLE }, ...(alarms.length > 0 ? { violation: `false alarm about k${alarms} between ${position} and ${newest}` } : {}) };
  }

  return {
    start: { source: [0, 0], log: [], logEnd: 0, purgedTo: 0, target: [0, 0], applied: 0, asOf: 0, check: IDLE, verifiedTo: 0, beat: 0 },
    *steps(s) {
      yield* stream(s);
      yield* validate(s);
    },
  };
}

export const VALIDATOR: readonly Variant[] = [
  whole('four writes', 10_000, () => validator({ writes: 4 })),
  whole('the hold alone, a purged log is not noticed', 10_000, () => validator({ writes: 4, noGap: true })),
  whole('a purged log is noticed, nothing is held', 1_000, () => validator({ writes: 4, noHold: true })),
  whole('batches of one entry', 10_000, () => validator({ writes: 4, batchEntries: 1, noGap: true })),
  without([14], 'position and rows come from two snapshots', () => validator({ writes: 3, twoSnapshots: true })),
  without([14], 'keys are set aside up to the position, rows are newer', () => validator({ writes: 3, batchEntries: 1, asideToPosition: true })),
  without([15], 'nothing is held, and a purged log is not noticed', () => validator({ writes: 3, noHold: true, noGap: true })),
];
