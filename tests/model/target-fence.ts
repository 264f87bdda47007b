/**
 * The fence of PostgreSQL against transactions that are open while it is raised, and the drain that looks at the queue
 * once after it: "empty" must mean that nothing can come any more.
 */
import type { Model } from './explore.ts';
import { type Variant, whole, without } from './variant.ts';

/**
 * `triggers`: DDL under the table's lock, as production has it; `locked flag`: a row that writers lock and the fence
 * updates; `flag`: a row that writers read, in the snapshot of their statement or, under REPEATABLE READ, of their transaction.
 */
type Kind = 'triggers' | 'locked flag' | 'flag';

interface Bounds {
  readonly kind: Kind;
  readonly repeatableRead: boolean;
  /** 24: the queue's end is read in a snapshot that began before the fence was committed. */
  readonly earlySnapshot?: boolean;
}

interface Writer {
  readonly at: 'before' | 'begun' | 'written' | 'committed' | 'refused';
  readonly fencedAtBegin: boolean;
}

interface State {
  readonly writers: readonly Writer[];
  readonly fence: 'none' | 'waiting' | 'stands';
  readonly queue: number;
  /** What the drain's snapshot shows of the queue; −1: none is taken. */
  readonly snapshot: number;
  readonly drained: boolean;
}

const WRITERS = 3;

export function targetFence({ kind, repeatableRead, earlySnapshot = false }: Bounds): Model<State> {
  const waits = kind !== 'flag';
  return {
    start: { writers: Array.from({ length: WRITERS }, () => ({ at: 'before', fencedAtBegin: false })), fence: 'none', queue: 0, snapshot: -1, drained: false },
    *steps(s) {
      const stands = s.fence === 'stands';
      for (const [i, writer] of s.writers.entries()) {
        const set = (at: Writer['at'], fencedAtBegin = writer.fencedAtBegin): State => ({ ...s, writers: s.writers.with(i, { at, fencedAtBegin }) });
        if (writer.at === 'before') yield { label: `writer ${i} begins`, to: set('begun', stands) };
        if (writer.at === 'begun' && !(waits && s.fence === 'waiting')) {
          // A trigger fires whatever the snapshot says; so does a lock that waits for the flag's newest version.
          const sees = kind === 'flag' && repeatableRead ? writer.fencedAtBegin : stands;
          yield sees ? { label: `writer ${i} is refused`, to: set('refused') } : { label: `writer ${i} writes`, to: set('written') };
        }
        if (writer.at === 'written') yield { label: `writer ${i} commits`, to: { ...set('committed'), queue: s.queue + 1 } };
      }
      if (s.fence === 'none') yield { label: waits ? 'the fence waits for its lock' : 'the fence is raised', to: { ...s, fence: waits ? 'waiting' : 'stands' } };
      if (s.fence === 'waiting' && !s.writers.some((writer) => writer.at === 'written')) yield { label: 'the fence has its lock, and is committed', to: { ...s, fence: 'stands' } };
      if (s.drained) return;
      if (s.snapshot < 0 && (stands || earlySnapshot)) yield { label: `the drain sees ${s.queue} in the queue`, to: { ...s, snapshot: s.queue } };
      if (s.snapshot > 0) yield { label: 'the queue is drained', to: { ...s, queue: s.queue - s.snapshot, snapshot: -1 } };
      if (s.snapshot === 0 && stands) yield { label: 'the drain is complete', to: { ...s, drained: true } };
    },
    wrong: (s) => (s.drained && s.queue > 0 ? 'a write was committed and the drain had been called complete' : null),
  };
}

export const TARGET_FENCE: readonly Variant[] = [
  whole('triggers', 300, () => targetFence({ kind: 'triggers', repeatableRead: false })),
  whole('triggers, writers under REPEATABLE READ', 300, () => targetFence({ kind: 'triggers', repeatableRead: true })),
  whole('a flag that writers lock', 300, () => targetFence({ kind: 'locked flag', repeatableRead: false })),
  without([24], 'a flag that writers read', () => targetFence({ kind: 'flag', repeatableRead: false })),
  without([24], 'a flag that writers read, under REPEATABLE READ', () => targetFence({ kind: 'flag', repeatableRead: true })),
  without([24], 'the drain’s snapshot is older than the fence', () => targetFence({ kind: 'triggers', repeatableRead: false, earlySnapshot: true })),
];
