/**
 * Data through the whole circle: forward, cutover, the way back, rollback, forward again, a second cutover; or, after the
 * rollback, the migration is given up and a new one begun. Control is one step here (its model is another one). What
 * becomes of a batch is decided by `decideBatch`, of rows that come back by `decideBack`.
 */
import { decideBack } from '@causeway/loader/back/decide-back';
import { decideBatch } from '@causeway/loader/stream/decide-batches';
import type { Model, Step } from './explore.ts';
import { deep, type Variant, whole, without } from './variant.ts';

type Pair = readonly [number, number];
type Changes = readonly (readonly [number, number])[];

interface Batch {
  readonly migration: number;
  readonly from: number;
  readonly to: number;
  readonly rows: Changes;
}

interface State {
  readonly phase: 'following' | 'switching' | 'switched' | 'returning';
  readonly attempt: number;
  readonly migration: number;
  readonly sqlite: Pair;
  readonly log: readonly (readonly [number, number])[];
  readonly logEnd: number;
  readonly published: number;
  readonly applied: number;
  readonly postgres: Pair;
  readonly queue: readonly number[];
  readonly forward: readonly Batch[];
  /** Copies of batches that the broker delivers once more, whenever it likes. */
  readonly echoes: readonly Batch[];
  readonly back: readonly { readonly attempt: number; readonly rows: Changes }[];
  readonly armed: boolean;
  readonly fence: number;
  readonly lifted: number;
  readonly writes: number;
  readonly cutovers: number;
  readonly rollbacks: number;
  readonly duplicates: number;
  readonly renewals: number;
}

interface Bounds {
  readonly writes: number;
  readonly cutovers: number;
  readonly duplicates?: number;
  readonly renewals?: number;
}

interface Rules {
  /** 28: what the sink writes is captured. */
  readonly captureSink?: boolean;
  /** 28: what the loader writes is queued for the way back. */
  readonly queueLoader?: boolean;
  /** 27: the sink writes without a fence. */
  readonly sinkUnfenced?: boolean;
  /** 29: the position begins anew after a rollback. */
  readonly resetPosition?: boolean;
  /** 29: messages of another migration are taken. */
  readonly anyMigration?: boolean;
}

type S = State;
const put = (rows: Pair, key: number, value: number): Pair => (key === 0 ? [value, rows[1]] : [rows[0], value]);
const same = (a: Pair, b: Pair): boolean => a[0] === b[0] && a[1] === b[1];
const add = (keys: readonly number[], key: number): readonly number[] => (keys.includes(key) ? keys : [...keys, key].sort());
const told = (rows: Changes): string => `{${rows.map(([key, value]) => `k${key}=${value}`).join(' ')}}`;

export function cycle(bounds: Bounds, rules: Rules = {}): Model<S> {
  function* application(s: S): Iterable<Step<S>> {
    if (s.writes === bounds.writes) return;
    for (const key of [0, 1]) {
      for (const value of [s.writes + 1, 0]) {
        const on = { ...s, writes: s.writes + 1 };
        if (s.phase === 'following') yield { label: `application writes k${key}=${value} in SQLite`, to: { ...on, sqlite: put(s.sqlite, key, value), log: [...s.log, [s.logEnd + 1, key]], logEnd: s.logEnd + 1 } };
        if (s.phase === 'switched') yield { label: `application writes k${key}=${value} in PostgreSQL`, to: { ...on, postgres: put(s.postgres, key, value), queue: add(s.queue, key) } };
      }
    }
  }

  function* tailer(s: S): Iterable<Step<S>> {
    if (s.logEnd === s.published) return;
    const keys = [...new Set(s.log.filter(([id]) => id > s.published).map(([, key]) => key))].sort();
    const batch: Batch = { migration: s.migration, from: s.published, to: s.logEnd, rows: keys.map((key) => [key, s.sqlite[key] as number]) };
    const on = { ...s, forward: [...s.forward, batch], published: s.logEnd };
    yield { label: `tailer publishes (${batch.from}, ${batch.to}] ${told(batch.rows)}`, to: on };
    if (s.duplicates > 0) yield { label: `tailer publishes (${batch.from}, ${batch.to}] ${told(batch.rows)}, and the broker has it twice`, to: { ...on, echoes: [...s.echoes, batch], duplicates: s.duplicates - 1 } };
  }

  function* loader(s: S): Iterable<Step<S>> {
    for (const [i, batch] of s.echoes.entries()) yield take({ ...s, echoes: s.echoes.toSpliced(i, 1) }, batch);
    const [batch, ...forward] = s.forward;
    if (batch !== undefined) yield take({ ...s, forward }, batch);
  }

  function take(s: S, batch: Batch): Step<S> {
    const name = `(${batch.from}, ${batch.to}] ${told(batch.rows)}`;
    if (batch.migration !== s.migration && rules.anyMigration !== true) return { label: `loader refuses ${name} of another migration`, to: s };
    if (decideBatch(BigInt(s.applied), { from: BigInt(batch.from), to: BigInt(batch.to) }) !== 'apply') return { label: `loader passes ${name} by`, to: s };
    const postgres = batch.rows.reduce((rows, [key, value]) => put(rows, key, value), s.postgres);
    const queue = s.armed && rules.queueLoader === true ? batch.rows.reduce((keys, [key]) => add(keys, key), s.queue) : s.queue;
    const primary = s.phase === 'switched' || s.phase === 'returning';
    return { label: `loader applies ${name}`, to: { ...s, postgres, queue, applied: batch.to }, ...(primary ? { violation: 'the loader writes PostgreSQL while that is the primary' } : {}) };
  }

  function* wayBack(s: S): Iterable<Step<S>> {
    if (s.queue.length > 0) {
      const rows = s.queue.map((key) => [key, s.postgres[key] as number] as const);
      yield { label: `reader publishes ${told(rows)}`, to: { ...s, back: [...s.back, { attempt: s.attempt, rows }], queue: [] } };
    }
    const [message, ...back] = s.back;
    if (message === undefined) return;
    const facts = { epoch: 0n, fence: BigInt(s.fence), lifted: BigInt(s.lifted) };
    if (rules.sinkUnfenced !== true && decideBack(facts, { epoch: 0n, fence: BigInt(message.attempt) }) !== 'apply') {
      yield { label: `sink does not write ${told(message.rows)}`, to: { ...s, back } };
      return;
    }
    const sqlite = message.rows.reduce((rows, [key, value]) => put(rows, key, value), s.sqlite);
    const log = rules.captureSink === true ? [...s.log, ...message.rows.map(([key], i) => [s.logEnd + 1 + i, key] as const)] : s.log;
    const newer = s.phase === 'following' && !same(sqlite, s.sqlite);
    yield { label: `sink writes ${told(message.rows)}`, to: { ...s, back, sqlite, log, logEnd: s.logEnd + log.length - s.log.length }, ...(newer ? { violation: 'the sink writes SQLite while that is the primary' } : {}) };
  }

  function* controller(s: S): Iterable<Step<S>> {
    if (s.phase === 'following' && s.cutovers > 0) {
      if (!s.armed) yield { label: 'the way back is armed', to: { ...s, armed: true } };
      else yield { label: 'SQLite is fenced', to: { ...s, phase: 'switching', attempt: s.attempt + 1, fence: s.attempt + 1, cutovers: s.cutovers - 1 } };
    }
    if (s.phase === 'switching' && s.applied === s.logEnd) yield { label: 'PostgreSQL is opened', to: { ...s, phase: 'switched' } };
    if (s.phase === 'switched' && s.rollbacks > 0) yield { label: 'PostgreSQL is fenced', to: { ...s, phase: 'returning', attempt: s.attempt + 1, rollbacks: s.rollbacks - 1 } };
    if (s.phase === 'returning' && s.queue.length === 0 && s.back.length === 0) {
      const position = rules.resetPosition === true ? { applied: 0 } : {};
      yield { label: 'SQLite’s fence is lifted', to: { ...s, ...position, phase: 'following', lifted: s.fence, fence: 0 } };
    }
    if (s.phase === 'following' && s.renewals > 0) {
      // The snapshot of the new migration is one step.
      const anew = { attempt: 0, migration: s.migration + 1, log: [], logEnd: 0, published: 0, applied: 0, postgres: s.sqlite, queue: [], forward: [], back: [], armed: false, lifted: 0 };
      yield { label: 'the migration is given up, and a new one begun', to: { ...s, ...anew, echoes: [...s.echoes, ...s.forward], renewals: s.renewals - 1 } };
    }
  }

  return {
    start: {
      phase: 'following', attempt: 0, migration: 1, sqlite: [1, 1], log: [], logEnd: 0, published: 0, applied: 0, postgres: [1, 1], queue: [], forward: [], echoes: [], back: [], armed: false, fence: 0, lifted: 0, writes: 0,
      cutovers: bounds.cutovers, rollbacks: 1, duplicates: bounds.duplicates ?? 0, renewals: bounds.renewals ?? 0,
    },
    *steps(s) {
      yield* application(s);
      yield* tailer(s);
      yield* loader(s);
      yield* wayBack(s);
      yield* controller(s);
    },
    wrong(s) {
      if (s.queue.length > 0 || s.back.length > 0 || same(s.sqlite, s.postgres)) return null;
      if (s.phase === 'following' && s.applied === s.logEnd) return `drained, but SQLite ${s.sqlite} is not PostgreSQL ${s.postgres}`;
      return s.phase === 'switched' ? `drained back, but PostgreSQL ${s.postgres} is not SQLite ${s.sqlite}` : null;
    },
  };
}

export const CYCLE: readonly Variant[] = [
  whole('four writes, two cutovers, a rollback', 20_000, () => cycle({ writes: 4, cutovers: 2 })),
  whole('three writes, a duplicate that comes at any time', 20_000, () => cycle({ writes: 3, cutovers: 2, duplicates: 1 })),
  whole('three writes, a new migration beside old messages', 20_000, () => cycle({ writes: 3, cutovers: 1, duplicates: 1, renewals: 1 })),
  deep('five writes, two duplicates', 100_000, () => cycle({ writes: 5, cutovers: 2, duplicates: 2 })),
  without([28], 'what the sink writes is captured', () => cycle({ writes: 3, cutovers: 2 }, { captureSink: true })),
  without([27, 28], 'what the loader writes is queued, and the sink writes without a fence', () => cycle({ writes: 3, cutovers: 2 }, { queueLoader: true, sinkUnfenced: true })),
  without([29], 'the position begins anew after the rollback', () => cycle({ writes: 3, cutovers: 2, duplicates: 1 }, { resetPosition: true })),
  without([29], 'messages of another migration are taken', () => cycle({ writes: 3, cutovers: 1, duplicates: 1, renewals: 1 }, { anyMigration: true })),
];
