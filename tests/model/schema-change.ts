/**
 * What happens to SQLite beside the application's rows: somebody drops a trigger of the capture, or VACUUM gives the rows
 * of a table without a key new rowids. Both change schema_version, which every read transaction looks at: the tailer then
 * proves its triggers, and brings a table without a key over anew.
 */
import type { Model } from './explore.ts';
import { type Variant, whole, without } from './variant.ts';

/** Rows by rowid, 1 to 3; 0: no such row. */
type Rows = readonly [number, number, number];

interface State {
  readonly source: Rows;
  readonly committed: readonly (readonly [number, Rows])[];
  readonly log: readonly (readonly [number, number])[];
  readonly logEnd: number;
  readonly version: number;
  readonly captured: boolean;
  /** schema_version that the tailer has proved. */
  readonly proved: number;
  readonly target: Rows;
  readonly applied: number;
  readonly stopped: boolean;
  readonly writes: number;
  readonly accidents: number;
}

interface Rules {
  readonly writes: number;
  readonly accidents: number;
  readonly noVersion?: boolean;
  /** Triggers are proved, rowids are not. */
  readonly triggersOnly?: boolean;
}

const ROWIDS = [0, 1, 2] as const;
const put = (rows: Rows, at: number, value: number): Rows => rows.with(at, value) as unknown as Rows;
const same = (a: Rows, b: Rows): boolean => a.every((value, i) => value === b[i]);

export function schemaChange({ writes, accidents, noVersion = false, triggersOnly = false }: Rules): Model<State> {
  const start: Rows = [1, 0, 2];
  return {
    start: { source: start, committed: [[0, start]], log: [], logEnd: 0, version: 1, captured: true, proved: 1, target: start, applied: 0, stopped: false, writes: 0, accidents },
    *steps(s) {
      if (s.writes < writes) {
        for (const rowid of ROWIDS) {
          for (const value of s.source[rowid] === 0 ? [s.writes + 3] : [s.writes + 3, 0]) {
            const source = put(s.source, rowid, value);
            const logged = s.captured ? { log: [...s.log, [s.logEnd + 1, rowid] as const], logEnd: s.logEnd + 1 } : {};
            const committed = s.captured ? [...s.committed, [s.logEnd + 1, source] as const] : [...s.committed.slice(0, -1), [s.logEnd, source] as const];
            yield { label: `application writes rowid ${rowid + 1}=${value}${s.captured ? '' : ', which nothing logs'}`, to: { ...s, ...logged, source, committed, writes: s.writes + 1 } };
          }
        }
      }
      if (s.accidents > 0) {
        const on = { ...s, version: s.version + 1, accidents: s.accidents - 1 };
        if (s.captured) yield { label: 'somebody drops a trigger', to: { ...on, captured: false } };
        const packed = [...s.source.filter((value) => value !== 0), 0, 0, 0].slice(0, ROWIDS.length) as unknown as Rows;
        if (!same(packed, s.source)) yield { label: 'VACUUM', to: { ...on, source: packed, committed: [...s.committed.slice(0, -1), [s.logEnd, packed]] } };
      }
      if (s.stopped) return;
      if (!noVersion && s.version !== s.proved) {
        if (!s.captured) yield { label: 'tailer finds its capture gone, and stops', to: { ...s, stopped: true } };
        else if (triggersOnly) yield { label: 'tailer proves its triggers', to: { ...s, proved: s.version } };
        else yield { label: 'tailer brings the table over anew', to: { ...s, proved: s.version, target: s.source, applied: s.logEnd } };
      } else if (s.logEnd > s.applied) {
        let { target } = s;
        for (const [id, rowid] of s.log) if (id > s.applied) target = put(target, rowid, s.source[rowid] as number);
        yield { label: `tailer and loader bring (${s.applied}, ${s.logEnd}] over`, to: { ...s, target, applied: s.logEnd } };
      }
    },
    wrongAtEnd: (s) => (s.stopped || same(s.source, s.target) ? null : `ends, and says nothing, with target ${s.target}, source ${s.source}`),
  };
}

export const SCHEMA_CHANGE: readonly Variant[] = [
  whole('three writes, two accidents', 2_000, () => schemaChange({ writes: 3, accidents: 2 })),
  without([16], 'nobody looks at schema_version', () => schemaChange({ writes: 2, accidents: 1, noVersion: true })),
  without([16], 'the triggers are proved, a table without a key is not brought over anew', () => schemaChange({ writes: 2, accidents: 1, triggersOnly: true })),
];
