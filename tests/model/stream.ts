/**
 * The change stream: an application, its change log, a tailer and one that was thought dead, the topic, the loader. What
 * becomes of a batch is decided by production's `decideBatch` and `decideAll`, what is purged by its `purgeBound`. Whatever
 * happens, every state that PostgreSQL commits must be one that the source committed, and the last one must be the source's.
 */
import { decideAll, decideBatch, type Verdict } from '@causeway/loader/stream/decide-batches';
import type { Model, Step } from './explore.ts';
import { breaksUnique, type Rows, transactions } from './stream-application.ts';
import type { Batch, StreamBounds, StreamRules, StreamState, Target } from './stream-state.ts';
import { DOWN, tailer, toldBatch } from './stream-tailer.ts';

type S = StreamState;

export function stream(bounds: StreamBounds, rules: StreamRules = {}): Model<S> {
  const keys = bounds.keys ?? 2;

  function* application(s: S): Iterable<Step<S>> {
    if (s.transactions === bounds.transactions) return;
    for (const { label, rows, keys: changed } of transactions(s.source, keys)) {
      const logged = rules.missReplaced === true && label.startsWith('REPLACE') ? changed.slice(1) : changed;
      const first = rules.reuseIds === true && s.log.length === 0 ? 1 : s.logEnd + 1;
      const log = [...s.log, ...logged.map((key, i) => [first + i, key] as const)];
      const logEnd = first + logged.length - 1;
      yield { label: `application ${label} (log ends at ${logEnd})`, to: { ...s, source: rows, log, logEnd, committed: [...s.committed, [logEnd, rows]], transactions: s.transactions + 1 } };
    }
  }

  function* accidents(s: S): Iterable<Step<S>> {
    for (const [i, batch] of s.inFlight.entries()) yield { label: `${toldBatch(batch)} arrives late`, to: { ...s, topic: [...s.topic, batch], inFlight: s.inFlight.toSpliced(i, 1) } };
    if (s.lostTails > 0 && s.offset < s.topic.length) yield { label: 'the broker loses its last message', to: { ...s, topic: s.topic.slice(0, -1), lostTails: s.lostTails - 1 } };
    const before = s.committed.at(-2);
    if (s.powerLosses > 0 && before !== undefined && s.synced <= before[0]) {
      const back = { source: before[1], committed: s.committed.slice(0, -1), logEnd: before[0], log: s.log.filter(([id]) => id <= before[0]) };
      yield { label: 'the source loses power, and its last commit', to: { ...s, ...back, tailers: s.tailers.map(() => DOWN), powerLosses: s.powerLosses - 1 } };
    }
    if (s.loaderCrashes > 0 && s.offset > 0) yield { label: `loader crashes, back to ${s.stored.applied}`, to: { ...s, target: s.stored, offset: 0, loaderCrashes: s.loaderCrashes - 1 } };
  }

  function* loader(s: S): Iterable<Step<S>> {
    const batch = s.topic[s.offset];
    if (batch !== undefined) {
      yield take(s, batch);
      return;
    }
    const me = s.tailers[0];
    if (rules.noHeartbeat !== true && me?.at === 'idle' && me.position > s.target.applied && me.position === s.logEnd && !s.resend) {
      yield { label: `tailer sends a heartbeat at ${me.position}`, to: { ...s, topic: [...s.topic, { from: me.position, to: me.position, asOf: me.position, rows: [] }] } };
    }
  }

  function take(s: S, batch: Batch): Step<S> {
    const on = { ...s, offset: s.offset + 1 };
    const verdict = weigh(s.target.applied, batch);
    if (verdict !== 'apply') return { label: `loader: ${verdict} ${toldBatch(batch)}`, to: settle(verdict === 'gap' ? { ...on, resend: true } : on) };
    const target = apply(s.target, batch);
    const staged = rules.commitEarly !== true && target.applied < target.asOf;
    const broken = breaksUnique(target.rows) && !staged;
    return { label: `loader applies ${toldBatch(batch)}`, to: settle({ ...on, target }), ...(broken ? { violation: `a UNIQUE index refuses ${toldBatch(batch)}` } : {}) };
  }

  function weigh(applied: number, batch: Batch): Verdict {
    const verdict = decideBatch(BigInt(applied), { from: BigInt(batch.from), to: BigInt(batch.to) });
    if (verdict === 'skip') return rules.noSkip === true ? 'apply' : 'skip';
    if (verdict === 'gap') return rules.applyGap === true ? 'apply' : 'gap';
    return rules.skipOverlap === true && batch.from < applied ? 'skip' : 'apply';
  }

  function apply(target: Target, batch: Batch): Target {
    let rows: Rows = target.rows;
    for (const [key, value] of batch.rows) rows = rows.with(key, value);
    const header = { from: BigInt(batch.from), to: BigInt(batch.to), asOf: BigInt(batch.asOf), kind: 'changes', fence: 0n, seenMs: 0 } as const;
    const moved = decideAll({ applied: BigInt(target.applied), asOf: BigInt(target.asOf), markerAttempt: 0n }, [{ header }]);
    // Without the rule the position follows whatever is applied.
    const against = moved.apply.length === 0;
    return { rows, applied: against ? batch.to : Number(moved.applied), asOf: against ? batch.asOf : Number(moved.asOf) };
  }

  /** The open transaction commits only where nothing that it holds is newer than the position (rule 4). */
  function settle(s: S): S {
    if (rules.commitEarly !== true && s.target.applied < s.target.asOf) return s;
    return { ...s, stored: s.target, topic: s.topic.slice(s.offset), offset: 0 };
  }

  const rows: Rows = Array.from({ length: keys }, (_, key) => (key === keys - 1 ? -1 : key));
  const empty: Target = { rows, applied: 0, asOf: 0 };
  return {
    start: {
      source: rows, committed: [[0, rows]], log: [], logEnd: 0, transactions: 0, tailers: [DOWN, DOWN], topic: [], inFlight: [], target: empty, stored: empty, offset: 0, resend: false, synced: 0, recorded: 0,
      zombies: bounds.zombies ?? 0, tailerCrashes: bounds.tailerCrashes ?? 0, loaderCrashes: bounds.loaderCrashes ?? 0, duplicates: bounds.duplicates ?? 0, lostTails: bounds.lostTails ?? 0, powerLosses: bounds.powerLosses ?? 0,
    },
    *steps(s) {
      yield* application(s);
      yield* tailer(s, 0, bounds, rules);
      yield* tailer(s, 1, bounds, rules);
      yield* loader(s);
      yield* accidents(s);
    },
    wrong(s) {
      const source = s.committed.findLast(([position]) => position === s.stored.applied)?.[1];
      if (source === undefined) return `target at ${s.stored.applied}, which is no committed position`;
      return same(source, s.stored.rows) ? null : `target ${s.stored.rows} is not source ${source} at ${s.stored.applied}`;
    },
    wrongAtEnd: (s) => (same(s.source, s.stored.rows) ? null : `ends with target ${s.stored.rows}, source ${s.source}`),
  };
}

function same(a: Rows, b: Rows): boolean {
  return a.every((value, i) => value === b[i]);
}
