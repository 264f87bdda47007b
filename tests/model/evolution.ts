/**
 * The application changes its schema while it is followed: it adds a column with a default, or rebuilds the table, which
 * takes our triggers away and may leave a row out. The change is an entry of the log: batches carry the version of the
 * contracts that they were read by, and the target changes where the first one of a later version stands.
 * What becomes of a batch is decided by production's `decideBatch`.
 */
import { decideBatch } from '@causeway/loader/stream/decide-batches';
import type { Model } from './explore.ts';
import { deep, type Variant, whole, without } from './variant.ts';

/** A row's first cell and its second; the second is 0 where the table has no such column. 0, 0: no row. */
type Row = readonly [number, number];
type Rows = readonly [Row, Row];

interface Batch {
  readonly version: number;
  readonly from: number;
  readonly to: number;
  readonly rows: readonly (readonly [key: number, row: Row])[];
}

interface State {
  readonly source: Rows;
  readonly column: boolean;
  readonly captured: boolean;
  /** The schema was changed, and nobody has taken that in. */
  readonly moved: boolean;
  readonly log: readonly (readonly [id: number, key: number])[];
  readonly logEnd: number;
  readonly writes: number;
  readonly changes: number;
  /** Version that the source is captured for, and the newest in the record with what the target has to do. */
  readonly captures: number;
  /** What is not recorded yet takes the table over again. */
  readonly again: boolean;
  readonly record: readonly { readonly fill: boolean; readonly reload: boolean }[];
  readonly published: number;
  /** Of the tailer at work. */
  readonly knows: number;
  readonly crashes: number;
  readonly topic: readonly Batch[];
  readonly target: Rows;
  readonly targetVersion: number;
  readonly reload: boolean;
  readonly applied: number;
}

interface Rules {
  readonly writes: number;
  readonly changes: number;
  readonly crashes: number;
  /** Left out: */
  readonly readsOn?: boolean;
  readonly noRelog?: boolean;
  readonly keepsOldRows?: boolean;
  readonly noFill?: boolean;
  readonly forgets?: boolean;
  readonly noVersions?: boolean;
}

const NONE: Row = [0, 0];
const DEFAULT = 7;
const put = (rows: Rows, key: number, row: Row): Rows => (key === 0 ? [row, rows[1]] : [rows[0], row]);
const filled = (rows: Rows, value: number): Rows => rows.map((row) => (row[0] === 0 ? row : [row[0], value])) as unknown as Rows;
const same = (a: Rows, b: Rows): boolean => a.every((row, i) => row[0] === b[i]?.[0] && row[1] === b[i]?.[1]);

export function evolution(rules: Rules): Model<State> {
  return {
    start: { source: [[1, 0], [2, 0]], column: false, captured: true, moved: false, log: [], logEnd: 0, writes: 0, changes: 0, captures: 0, again: false, record: [], published: 0, knows: 0, crashes: 0, topic: [], target: [[1, 0], [2, 0]], targetVersion: 0, reload: false, applied: 0 },
    *steps(s) {
      yield* application(s, rules);
      yield* tailer(s, rules);
      yield* loader(s, rules);
    },
    wrongAtEnd: (s) => (same(s.source, s.target) ? null : `ends with target ${JSON.stringify(s.target)}, source ${JSON.stringify(s.source)}`),
  };
}

type Steps = Generator<{ label: string; to: State }>;

function* application(s: State, { writes, changes }: Rules): Steps {
  if (s.writes < writes) {
    for (const key of [0, 1]) {
      for (const row of [NONE, [3 + s.writes, s.column ? 9 : 0]] as const) {
        const logged = s.captured ? { log: [...s.log, [s.logEnd + 1, key] as const], logEnd: s.logEnd + 1 } : {};
        yield { label: `application writes k${key}=${row}`, to: { ...s, ...logged, source: put(s.source, key, row), writes: s.writes + 1 } };
      }
    }
  }
  if (s.changes >= changes) return;
  const changed = { ...s, moved: true, changes: s.changes + 1 };
  if (!s.column) yield { label: 'application adds a column', to: { ...changed, column: true, source: filled(s.source, DEFAULT) } };
  yield { label: 'application rebuilds the table without k1', to: { ...changed, captured: false, source: put(s.source, 1, NONE) } };
}

function* tailer(s: State, rules: Rules): Steps {
  if (s.crashes < rules.crashes) yield { label: 'tailer is killed; another one begins where the target is', to: { ...s, crashes: s.crashes + 1, published: s.applied, knows: s.record.length } };
  if (s.moved && rules.readsOn !== true) {
    const again = !s.captured;
    const relogged = again && rules.noRelog !== true ? [0, 1].filter((key) => s.source[key]?.[0] !== 0).map((key, i) => [s.logEnd + 1 + i, key] as const) : [];
    const end = s.logEnd + relogged.length + 1;
    yield { label: `the source is brought to version ${s.record.length + 1}${again ? ', all keys logged' : ''}`, to: { ...s, moved: false, captured: true, captures: s.record.length + 1, log: [...s.log, ...relogged], logEnd: end, again: again || (s.again && rules.forgets !== true) } };
    return;
  }
  if (s.captures > s.record.length) {
    yield { label: `version ${s.captures} is recorded`, to: { ...s, record: [...s.record, { fill: s.column && rules.noFill !== true, reload: s.again && rules.keepsOldRows !== true }], knows: s.captures, again: false } };
    return;
  }
  if (s.logEnd > s.published) {
    const keys = [...new Set(s.log.filter(([id]) => id > s.published).map(([, key]) => key))].sort();
    const column = s.knows > 0 || s.column;
    const rows = keys.map((key) => [key, column || rules.readsOn !== true ? (s.source[key] as Row) : ([(s.source[key] as Row)[0], 0] as Row)] as const);
    yield { label: `tailer publishes (${s.published}, ${s.logEnd}] by version ${s.knows}`, to: { ...s, topic: [...s.topic, { version: s.knows, from: s.published, to: s.logEnd, rows }], published: s.logEnd } };
  }
}

function* loader(s: State, rules: Rules): Steps {
  const [batch, ...rest] = s.topic;
  if (batch === undefined) return;
  if (batch.version > s.targetVersion && rules.noVersions !== true) {
    const step = s.record[s.targetVersion];
    if (step === undefined) return;
    const target = step.fill && s.target.every((row) => row[1] === 0) ? filled(s.target, DEFAULT) : s.target;
    yield { label: `target is brought to version ${s.targetVersion + 1}`, to: { ...s, target, targetVersion: s.targetVersion + 1, reload: s.reload || step.reload } };
    return;
  }
  if (batch.version < s.targetVersion && rules.noVersions !== true) {
    yield { label: `loader passes a batch of version ${batch.version} by`, to: { ...s, topic: rest } };
    return;
  }
  const verdict = decideBatch(BigInt(s.applied), { from: BigInt(batch.from), to: BigInt(batch.to) });
  if (verdict !== 'apply') {
    yield { label: `loader passes (${batch.from}, ${batch.to}] by`, to: { ...s, topic: rest, published: verdict === 'gap' ? s.applied : s.published } };
    return;
  }
  const before: Rows = s.reload ? [NONE, NONE] : s.target;
  const target = batch.rows.reduce((rows, [key, row]) => put(rows, key, row), before);
  yield { label: `loader applies (${batch.from}, ${batch.to}]`, to: { ...s, target, applied: batch.to, topic: rest, reload: false } };
}

export const EVOLUTION: readonly Variant[] = [
  whole('a write, two changes of the schema, a kill', 1_000, () => evolution({ writes: 1, changes: 2, crashes: 1 })),
  deep('two writes, two changes of the schema, two kills', 100_000, () => evolution({ writes: 2, changes: 2, crashes: 2 })),
  without([16], 'rows are read on by the old contracts', () => evolution({ writes: 1, changes: 1, crashes: 0, readsOn: true })),
  without([13], 'a rebuilt table is captured again, its rows are not logged', () => evolution({ writes: 1, changes: 1, crashes: 0, noRelog: true })),
  without([13], 'a rebuilt table keeps the rows that the target had', () => evolution({ writes: 1, changes: 1, crashes: 0, keepsOldRows: true })),
  without([13], 'what is to come again is forgotten with the process that found it', () => evolution({ writes: 1, changes: 2, crashes: 1, forgets: true })),
  without([16], 'rows that are there do not take the default', () => evolution({ writes: 0, changes: 1, crashes: 0, noFill: true })),
  without([16], 'the target does not change where the version does', () => evolution({ writes: 1, changes: 1, crashes: 0, noVersions: true })),
];
