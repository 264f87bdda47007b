/**
 * TRUNCATE on the way back. It is not bound to snapshots: one that was taken before it sees the table empty after it. A
 * transaction of the application truncates a table and writes another one; the reader of the queue reads both.
 */
import type { Model } from './explore.ts';
import { type Variant, whole, without } from './variant.ts';

/** The truncated table's row (0: gone) and the other table's. */
type Pair = readonly [number, number];

interface State {
  readonly postgres: Pair;
  readonly committed: readonly Pair[];
  /** Committed entries of the queue: tables whose row has changed. */
  readonly queue: readonly (0 | 1)[];
  readonly writes: number;
  /** `open`: it has truncated, and holds its lock until it commits. */
  readonly truncater: 'before' | 'open' | 'committed';
  readonly reader: 'idle' | 'locked' | 'snapshot';
  /** What the reader's snapshot shows of the queue and of the other table. */
  readonly seen: { readonly queue: readonly (0 | 1)[]; readonly rows: Pair } | null;
  readonly sqlite: Pair;
}

type Lock = 'before the snapshot' | 'after the snapshot' | 'none';

const same = (a: Pair, b: Pair): boolean => a[0] === b[0] && a[1] === b[1];

export function truncate(lock: Lock, writes: number): Model<State> {
  return {
    start: { postgres: [1, 1], committed: [[1, 1]], queue: [], writes: 0, truncater: 'before', reader: 'idle', seen: null, sqlite: [1, 1] },
    *steps(s) {
      const locked = s.reader === 'locked' || (s.reader === 'snapshot' && lock !== 'none');
      if (s.writes < writes && s.truncater !== 'open') {
        for (const table of [0, 1] as const) {
          const value = s.writes + 2;
          const postgres: Pair = table === 0 ? [value, s.postgres[1]] : [s.postgres[0], value];
          yield { label: `application writes ${value} into table ${table}`, to: { ...s, postgres, committed: [...s.committed, postgres], queue: [...new Set([...s.queue, table])].sort(), writes: s.writes + 1 } };
        }
      }
      if (s.truncater === 'before' && !locked) yield { label: 'application truncates table 0', to: { ...s, truncater: 'open' } };
      if (s.truncater === 'open') {
        // Nothing is queued for what TRUNCATE removes: it is told, and the way back's gate is red from then on.
        const postgres: Pair = [0, 100];
        yield { label: 'application writes table 1 and commits', to: { ...s, truncater: 'committed', postgres, committed: [...s.committed, postgres], queue: [...new Set([...s.queue, 1 as const])].sort() } };
      }
      if (s.reader === 'idle' && s.queue.length > 0) {
        if (lock !== 'before the snapshot') yield { label: 'reader takes its snapshot', to: { ...s, reader: 'snapshot', seen: { queue: s.queue, rows: s.postgres } } };
        else if (s.truncater !== 'open') yield { label: 'reader locks the tables', to: { ...s, reader: 'locked' } };
      }
      if (s.reader === 'locked') yield { label: 'reader takes its snapshot', to: { ...s, reader: 'snapshot', seen: { queue: s.queue, rows: s.postgres } } };
      if (s.reader === 'snapshot' && s.seen !== null && s.truncater !== 'open') {
        const { queue, rows } = s.seen;
        const read: Pair = [s.truncater === 'committed' && s.postgres[0] === 0 ? 0 : rows[0], rows[1]];
        const sqlite: Pair = [queue.includes(0) ? read[0] : s.sqlite[0], queue.includes(1) ? read[1] : s.sqlite[1]];
        yield { label: `reader sees ${read}, and SQLite has it`, to: { ...s, reader: 'idle', seen: null, sqlite, queue: same(rows, s.postgres) ? [] : s.queue } };
      }
    },
    wrong(s) {
      if (s.committed.some((rows) => same(rows, s.sqlite))) return null;
      // The row that was truncated may stay behind in SQLite: that is what is told.
      const told = s.truncater === 'committed' && s.committed.some((rows) => rows[1] === s.sqlite[1] && s.sqlite[0] !== 0 && rows[0] === 0);
      return told ? null : `SQLite holds ${s.sqlite}, which PostgreSQL never committed`;
    },
  };
}

export const TRUNCATE: readonly Variant[] = [
  whole('tables are locked before the snapshot', 50, () => truncate('before the snapshot', 2)),
  without([30], 'the snapshot is taken first, the lock when a table is read', () => truncate('none', 1)),
];
