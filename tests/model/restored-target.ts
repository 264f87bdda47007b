/**
 * PostgreSQL is set back to a backup, and the log is purged up to what it had: the tailer, told to begin below what is
 * purged, must stop; what it would bring over lacks the changes in between. What is purged is decided by `purgeBound`.
 */
import { purgeBound } from '@causeway/extractor/follow/log-purge';
import type { Model } from './explore.ts';
import { type Variant, whole, without } from './variant.ts';

type Pair = readonly [number, number];

interface Target {
  readonly rows: Pair;
  readonly applied: number;
}

interface State {
  readonly source: Pair;
  readonly log: readonly (readonly [number, number])[];
  readonly logEnd: number;
  readonly purgedTo: number;
  readonly target: Target;
  readonly backup: Target | null;
  readonly restores: number;
  readonly stopped: boolean;
}

interface Rules {
  readonly writes: number;
  /** purged_to is not looked at. */
  readonly believeLog?: boolean;
  /** purged_to is stored after the entries are gone. */
  readonly storeLater?: boolean;
}

export function restoredTarget({ writes, believeLog = false, storeLater = false }: Rules): Model<State> {
  return {
    start: { source: [0, 0], log: [], logEnd: 0, purgedTo: 0, target: { rows: [0, 0], applied: 0 }, backup: null, restores: 1, stopped: false },
    *steps(s) {
      if (s.logEnd < writes) {
        for (const key of [0, 1]) {
          const id = s.logEnd + 1;
          yield { label: `application writes k${key}=${id}`, to: { ...s, source: key === 0 ? [id, s.source[1]] : [s.source[0], id], log: [...s.log, [id, key]], logEnd: id } };
        }
      }
      if (s.backup === null) yield { label: `PostgreSQL is backed up at ${s.target.applied}`, to: { ...s, backup: s.target } };
      if (s.backup !== null && s.restores > 0 && s.backup.applied < s.target.applied) yield { label: `PostgreSQL is set back to ${s.backup.applied}`, to: { ...s, target: s.backup, restores: s.restores - 1 } };
      const bound = Math.min(Number(purgeBound(BigInt(s.target.applied), BigInt(s.target.applied), undefined)), s.logEnd - 1);
      const log = s.log.filter(([id]) => id > bound);
      if (log.length < s.log.length) {
        yield { label: `tailer purges up to ${bound}`, to: { ...s, log, purgedTo: Math.max(bound, s.purgedTo) } };
        if (storeLater) yield { label: `tailer purges up to ${bound}, and crashes before it says so`, to: { ...s, log } };
      }
      if (s.stopped || s.logEnd === s.target.applied) return;
      if (!believeLog && s.target.applied < s.purgedTo) {
        yield { label: `tailer is told to begin at ${s.target.applied}, and stops`, to: { ...s, stopped: true } };
        return;
      }
      let [a, b] = s.target.rows;
      for (const [id, key] of s.log) {
        if (id <= s.target.applied) continue;
        if (key === 0) a = s.source[0];
        else b = s.source[1];
      }
      yield { label: `tailer and loader bring (${s.target.applied}, ${s.logEnd}] over`, to: { ...s, target: { rows: [a, b], applied: s.logEnd } } };
    },
    wrong: (s) => (s.target.applied === s.logEnd && (s.target.rows[0] !== s.source[0] || s.target.rows[1] !== s.source[1]) ? `target ${s.target.rows} is not source ${s.source} at ${s.logEnd}` : null),
  };
}

export const RESTORED_TARGET: readonly Variant[] = [
  whole('five writes', 1_000, () => restoredTarget({ writes: 5 })),
  without([15], 'nobody looks at purged_to', () => restoredTarget({ writes: 3, believeLog: true })),
  without([15], 'purged_to is stored later than the purge', () => restoredTarget({ writes: 3, storeLater: true })),
];
