/**
 * The way back: transactions in PostgreSQL queue the keys that they write and commit in any order; a reader, and one that
 * was thought dead, publish queue and rows of one snapshot and delete what they saw; the sink writes SQLite, by
 * production's `decideBack`. Every state of SQLite must be one that PostgreSQL committed, and the last one must be its.
 */
import { decideBack } from '@causeway/loader/back/decide-back';
import type { Model, Step } from './explore.ts';
import { deep, type Variant, whole, without } from './variant.ts';

type Pair = readonly [number, number];

interface Message {
  readonly epoch: number;
  readonly rows: readonly (readonly [number, number])[];
}

interface Reader {
  readonly at: 'down' | 'claimed' | 'read before its epoch' | 'read' | 'published';
  readonly epoch: number;
  /** Ids of the queue that its snapshot shows, and what it will publish. */
  readonly ids: readonly number[];
  readonly rows: Message['rows'];
}

interface Transaction {
  readonly at: 'before' | 'written' | 'committed';
  readonly id: number;
}

interface State {
  readonly postgres: Pair;
  readonly committed: readonly Pair[];
  readonly queue: readonly (readonly [number, number])[];
  readonly lastId: number;
  readonly transactions: readonly Transaction[];
  readonly readers: readonly Reader[];
  readonly epoch: number;
  readonly topic: readonly Message[];
  readonly inFlight: readonly Message[];
  readonly sqlite: Pair;
  readonly sinkEpoch: number;
  readonly crashes: number;
  readonly zombies: number;
}

interface Bounds {
  readonly crashes?: number;
  readonly zombies?: number;
}

/** Each true leaves a part of rule 26 out. */
interface Rules {
  /** Everything up to the newest id seen is deleted. */
  readonly deleteUpTo?: boolean;
  /** The deletion is not bound to the epoch. */
  readonly deleteUnguarded?: boolean;
  /** The sink takes any epoch. */
  readonly sinkTakesAll?: boolean;
  /** The snapshot is taken before the epoch. */
  readonly snapshotFirst?: boolean;
  /** The epoch is not read again in the snapshot. */
  readonly epochNotInSnapshot?: boolean;
}

type S = State;

/** Key and value of each transaction; the second waits for the first, whose row it writes. */
const WRITES: readonly Pair[] = [[0, 1], [0, 2], [1, 1]];
const EPOCHS = 3;
/** Of the cutover whose fence stands. */
const ATTEMPT = 1n;
const DOWN: Reader = { at: 'down', epoch: 0, ids: [], rows: [] };
const put = (rows: Pair, key: number, value: number): Pair => (key === 0 ? [value, rows[1]] : [rows[0], value]);
const same = (a: Pair, b: Pair): boolean => a[0] === b[0] && a[1] === b[1];

export function reverse({ crashes = 0, zombies = 0 }: Bounds, rules: Rules = {}): Model<S> {
  function* application(s: S): Iterable<Step<S>> {
    for (const [i, { at, id }] of s.transactions.entries()) {
      const [key, value] = WRITES[i] as Pair;
      const waits = i === 1 && s.transactions[0]?.at !== 'committed';
      if (at === 'before' && !waits) yield { label: `T${i} writes k${key}=${value}, queued as ${s.lastId + 1}`, to: { ...s, lastId: s.lastId + 1, transactions: s.transactions.with(i, { at: 'written', id: s.lastId + 1 }) } };
      if (at !== 'written') continue;
      const postgres = put(s.postgres, key, value);
      const queue = [...s.queue, [id, key] as const].sort((a, b) => a[0] - b[0]);
      const committed = s.committed.some((rows) => same(rows, postgres)) ? s.committed : [...s.committed, postgres];
      yield { label: `T${i} commits`, to: { ...s, postgres, queue, committed, transactions: s.transactions.with(i, { at: 'committed', id }) } };
    }
  }

  function* reader(s: S, i: number): Iterable<Step<S>> {
    const me = s.readers[i] as Reader;
    const name = i === 0 ? 'reader' : 'zombie';
    const set = (to: Reader, rest: Partial<S> = {}): S => ({ ...s, ...rest, readers: s.readers.with(i, to) });
    switch (me.at) {
      case 'down':
        yield* start(s, i, name, set);
        return;
      case 'read before its epoch':
        if (s.epoch < EPOCHS) yield { label: `${name} takes epoch ${s.epoch + 1}`, to: set({ ...me, at: 'read', epoch: s.epoch + 1 }, { epoch: s.epoch + 1 }) };
        return;
      case 'claimed':
        if (rules.epochNotInSnapshot !== true && me.epoch !== s.epoch) yield { label: `${name} sees epoch ${s.epoch} in its snapshot, and ends`, to: set(DOWN) };
        else if (s.queue.length > 0) yield { label: `${name} reads ${s.postgres}`, to: set({ ...seen(s), at: 'read', epoch: me.epoch }) };
        return;
      case 'read': {
        const message = { epoch: me.epoch, rows: me.rows };
        yield { label: `${name} publishes ${told(message)}`, to: set({ ...me, at: 'published' }, { topic: [...s.topic, message] }) };
        if (s.crashes > 0) yield { label: `${name} crashes, its message under way`, to: set(DOWN, { crashes: s.crashes - 1, inFlight: [...s.inFlight, message] }) };
        return;
      }
      case 'published':
        yield settle(s, me, name, set);
        if (s.crashes > 0) yield { label: `${name} crashes after it has published`, to: set(DOWN, { crashes: s.crashes - 1 }) };
    }
  }

  function* start(s: S, i: number, name: string, set: (to: Reader, rest?: Partial<S>) => S): Iterable<Step<S>> {
    if (i === 1 && s.zombies === 0) return;
    const rest = { zombies: i === 1 ? s.zombies - 1 : s.zombies };
    if (rules.snapshotFirst === true) {
      if (s.queue.length > 0) yield { label: `${name} reads ${s.postgres} before it takes an epoch`, to: set({ ...seen(s), at: 'read before its epoch', epoch: 0 }, rest) };
    } else if (s.epoch < EPOCHS || !s.readers.some((other) => other.at !== 'down' && other.epoch === s.epoch)) {
      yield { label: `${name} takes epoch ${s.epoch + 1}`, to: set({ ...DOWN, at: 'claimed', epoch: s.epoch + 1 }, { ...rest, epoch: s.epoch + 1 }) };
    }
  }

  function seen(s: S): Pick<Reader, 'ids' | 'rows'> {
    const keys = [...new Set(s.queue.map(([, key]) => key))].sort();
    return { ids: s.queue.map(([id]) => id), rows: keys.map((key) => [key, s.postgres[key] as number]) };
  }

  function settle(s: S, me: Reader, name: string, set: (to: Reader, rest?: Partial<S>) => S): Step<S> {
    if (rules.deleteUnguarded !== true && me.epoch !== s.epoch) return { label: `${name} may not delete, and ends`, to: set(DOWN) };
    const newest = Math.max(...me.ids);
    const queue = s.queue.filter(([id]) => (rules.deleteUpTo === true ? id > newest : !me.ids.includes(id)));
    return { label: `${name} deletes ${rules.deleteUpTo === true ? `up to ${newest}` : me.ids.join(', ')}`, to: set({ ...DOWN, at: 'claimed', epoch: me.epoch }, { queue }) };
  }

  function* sink(s: S): Iterable<Step<S>> {
    const [message, ...topic] = s.topic;
    if (message === undefined) return;
    const verdict = decideBack({ epoch: BigInt(s.sinkEpoch), fence: ATTEMPT, lifted: 0n }, { epoch: BigInt(message.epoch), fence: ATTEMPT });
    if (verdict !== 'apply' && rules.sinkTakesAll !== true) {
      yield { label: `sink passes ${told(message)} by`, to: { ...s, topic } };
      return;
    }
    const sqlite = message.rows.reduce((rows, [key, value]) => put(rows, key, value), s.sqlite);
    yield { label: `sink writes ${told(message)}`, to: { ...s, topic, sqlite, sinkEpoch: Math.max(message.epoch, s.sinkEpoch) } };
  }

  return {
    start: {
      postgres: [0, 0], committed: [[0, 0]], queue: [], lastId: 0, transactions: WRITES.map(() => ({ at: 'before', id: 0 })), readers: [DOWN, DOWN], epoch: 0, topic: [], inFlight: [], sqlite: [0, 0], sinkEpoch: 0, crashes, zombies,
    },
    *steps(s) {
      yield* application(s);
      yield* reader(s, 0);
      yield* reader(s, 1);
      for (const [i, message] of s.inFlight.entries()) yield { label: `${told(message)} arrives late`, to: { ...s, topic: [...s.topic, message], inFlight: s.inFlight.toSpliced(i, 1) } };
      yield* sink(s);
    },
    wrong: (s) => (s.committed.some((rows) => same(rows, s.sqlite)) ? null : `SQLite holds ${s.sqlite}, which PostgreSQL never committed`),
    wrongAtEnd: (s) => (same(s.sqlite, s.postgres) ? null : `ends with SQLite ${s.sqlite}, PostgreSQL ${s.postgres}, queue of ${s.queue.length}`),
  };
}

const told = ({ epoch, rows }: Message): string => `{${rows.map(([key, value]) => `k${key}=${value}`).join(' ')}} of epoch ${epoch}`;

export const REVERSE: readonly Variant[] = [
  whole('two readers', 50_000, () => reverse({ zombies: 1 })),
  whole('one reader, two crashes', 10_000, () => reverse({ crashes: 2 })),
  whole('two readers, the deletion is not bound to the epoch', 50_000, () => reverse({ zombies: 1 }, { deleteUnguarded: true })),
  deep('two readers and a crash', 500_000, () => reverse({ crashes: 1, zombies: 1 })),
  without([26], 'what is older than the newest id seen is deleted', () => reverse({}, { deleteUpTo: true })),
  without([26], 'no epochs', () => reverse({ zombies: 1 }, { deleteUnguarded: true, sinkTakesAll: true, epochNotInSnapshot: true })),
  without([26], 'epochs at the sink alone', () => reverse({ zombies: 1 }, { deleteUnguarded: true, epochNotInSnapshot: true })),
  without([26], 'the snapshot is taken before the epoch', () => reverse({ zombies: 1 }, { snapshotFirst: true })),
  without([26], 'the sink takes any epoch, a message comes late', () => reverse({ crashes: 1 }, { sinkTakesAll: true })),
  without([26], 'the epoch is taken first, but not read again in the snapshot', () => reverse({ zombies: 1 }, { epochNotInSnapshot: true })),
];
