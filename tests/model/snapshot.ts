/**
 * The snapshot while the application writes: blocks of key ranges come in any order and again, the extractor crashes and
 * reads a block once more, the snapshot is begun anew while a loader holds an old block; then the changes since it began.
 * From the highest position of any loaded block on, the target must be what the source committed at its position.
 */
import type { Model, Step } from './explore.ts';

export type Values = readonly number[];

/** Rows by key; what comes from keys lo to hi, excluding hi, as of a position. */
interface Block {
  readonly generation: number;
  readonly number: number;
  readonly lo: number;
  readonly hi: number;
  readonly rows: readonly (readonly [number, number])[];
  readonly position: number;
}

interface Loaded {
  readonly name: string;
  readonly lo: number;
  readonly hi: number;
  readonly position: number;
}

interface State {
  readonly source: Values;
  readonly committed: readonly (readonly [number, Values])[];
  readonly logEnd: number;
  readonly log: readonly (readonly [number, number])[];
  /** First key that is not published yet, and how many blocks are. */
  readonly cursor: number;
  readonly published: number;
  readonly positions: readonly number[];
  readonly blocks: readonly Block[];
  readonly target: Values;
  readonly ledger: readonly Loaded[];
  readonly streaming: boolean;
  readonly applied: number;
  readonly startedAt: number;
  readonly generation: number;
  /** A block in the hands of a loader that is stopped. */
  readonly held: Block | null;
  readonly heldOnce: boolean;
  readonly crashes: number;
  readonly restarts: number;
}

export interface SnapshotBounds {
  readonly transactions: number;
  readonly crashes?: number;
  readonly restarts?: number;
}

export interface SnapshotRules {
  /** 9: a block ends where the rows of the moment say. */
  readonly rangesFromData?: boolean;
  /** 10: blocks are told apart by their number; not at all. */
  readonly ledger?: 'by number' | 'none';
  /** 11: the stream begins at the position of the last block, not where the capture was installed. */
  readonly startAtLastBlock?: boolean;
  /** 11: the stream begins before all ranges are there. */
  readonly streamEarly?: boolean;
  /** 11: consistent from the position of the first or the lowest block. */
  readonly consistentAt?: 'first' | 'lowest';
  /** 12: the block's transaction does not look at the generation. */
  readonly anyGeneration?: boolean;
}

type S = State;
const KEYS = 3;
const MOST_LOADED = 4;
/** 0: no such row. */
const NO_ROWS: Values = Array.from({ length: KEYS }, () => 0);

export function snapshot(bounds: SnapshotBounds, rules: SnapshotRules = {}): Model<S> {
  function* application(s: S): Iterable<Step<S>> {
    if (s.committed.length > bounds.transactions) return;
    for (const [key, value] of s.source.entries()) {
      for (const next of value === 0 ? [1] : [3 - value, 0]) {
        const source = s.source.with(key, next);
        const logEnd = s.logEnd + 1;
        yield { label: `application writes k${key}=${next} (${logEnd})`, to: { ...s, source, logEnd, log: [...s.log, [logEnd, key]], committed: [...s.committed, [logEnd, source]] } };
      }
    }
  }

  function* extractor(s: S): Iterable<Step<S>> {
    if (s.cursor === KEYS) return;
    const hi = endOfRange(s);
    const rows = s.source.map((value, key) => [key, value] as const).filter(([key, value]) => key >= s.cursor && key < hi && value > 0);
    const block: Block = { generation: s.generation, number: s.published, lo: s.cursor, hi, rows, position: s.logEnd };
    // The broker has it once more; a loader may take either at any time.
    const isThere = s.blocks.some((other) => JSON.stringify(other) === JSON.stringify(block));
    const on = { ...s, blocks: isThere ? s.blocks : [...s.blocks, block] };
    yield { label: `extractor publishes ${told(block)}`, to: { ...on, cursor: hi, published: s.published + 1, positions: [...s.positions, s.logEnd] } };
    if (s.crashes > 0) yield { label: `extractor publishes ${told(block)} and crashes`, to: { ...on, crashes: s.crashes - 1 } };
  }

  /** As planned: [0, 1) and [1, 3). */
  function endOfRange(s: S): number {
    if (rules.rangesFromData !== true) return s.cursor === 0 ? 1 : KEYS;
    const present = s.source.flatMap((value, key) => (key >= s.cursor && value > 0 ? [key] : []));
    return present.length > 1 ? (present[0] as number) + 1 : KEYS;
  }

  function nameOf(block: Block): string | null {
    if (rules.ledger === 'none') return null;
    return rules.ledger === 'by number' ? `number ${block.number}` : `from ${block.lo} to ${block.hi}`;
  }

  function* load(s: S, block: Block, who: string, then: Partial<S>): Iterable<Step<S>> {
    const label = `${who} loads ${told(block)}`;
    const name = nameOf(block);
    const isThere = name !== null && s.ledger.some((loaded) => loaded.name === name);
    const refused = (rules.anyGeneration !== true && block.generation !== s.generation) || isThere || s.ledger.length === MOST_LOADED;
    if (refused) {
      if (who !== 'loader') yield { label: `${label}: refused`, to: { ...s, ...then } };
      return;
    }
    const twice = s.streaming ? undefined : block.rows.find(([key]) => s.target[key] !== 0);
    let target = s.target;
    for (const [key, value] of block.rows) target = target.with(key, value);
    const to = { ...s, ...then, target, ledger: [...s.ledger, { name: name ?? `${s.ledger.length}`, lo: block.lo, hi: block.hi, position: block.position }] };
    yield { label, to, ...(twice === undefined ? {} : { violation: `k${twice[0]} is loaded twice, and no key forbids it yet` }) };
  }

  function* loaders(s: S): Iterable<Step<S>> {
    for (const block of s.blocks) {
      if (!s.streaming || rules.ledger === 'none' || rules.streamEarly === true) yield* load(s, block, 'loader', {});
      if (bounds.restarts !== undefined && !s.heldOnce && block.generation === 0 && s.generation === 0) yield { label: `a loader takes ${told(block)} and is stopped`, to: { ...s, held: block, heldOnce: true } };
    }
    if (s.held !== null) yield* load(s, s.held, 'the stopped loader', { held: null });
    if (s.restarts > 0 && !s.streaming) {
      const anew = { cursor: 0, published: 0, positions: [], target: NO_ROWS, ledger: [], log: [], startedAt: s.logEnd };
      yield { label: 'the snapshot is begun anew', to: { ...s, ...anew, generation: s.generation + 1, restarts: s.restarts - 1 } };
    }
  }

  function isComplete(s: S): boolean {
    if (s.cursor < KEYS) return false;
    if (rules.streamEarly === true) return true;
    return rules.ledger === 'by number' ? s.ledger.length >= s.published : isTiled(s);
  }

  function isTiled(s: S): boolean {
    const ranges = s.ledger.toSorted((a, b) => a.lo - b.lo);
    return ranges.every((range, i) => range.lo === (i === 0 ? 0 : ranges[i - 1]?.hi)) && ranges.at(-1)?.hi === KEYS;
  }

  function* changes(s: S): Iterable<Step<S>> {
    if (!s.streaming && !isComplete(s)) return;
    const start = s.streaming ? s.applied : rules.startAtLastBlock === true ? (s.positions.at(-1) ?? 0) : s.startedAt;
    if (s.logEnd > start || !s.streaming) yield apply(s, start, s.logEnd, s.source);
    // Read earlier: up to the middle, with the rows of that moment.
    const earlier = s.committed.find(([position]) => position === start + 1)?.[1];
    if (s.logEnd > start + 1 && earlier !== undefined) yield apply(s, start, start + 1, earlier);
  }

  function apply(s: S, start: number, to: number, rows: Values): Step<S> {
    let target = s.target;
    for (const [id, key] of s.log) if (id > start && id <= to) target = target.with(key, rows[key] as number);
    return { label: `stream applies (${start}, ${to}]`, to: { ...s, streaming: true, applied: to, target } };
  }

  function consistentAt(s: S): number {
    const positions = s.ledger.map((loaded) => loaded.position);
    if (rules.consistentAt === 'first') return s.positions[0] ?? 0;
    return rules.consistentAt === 'lowest' ? Math.min(...positions) : Math.max(0, ...positions);
  }

  const source: Values = [1, 1, 0];
  return {
    start: {
      source, committed: [[0, source]], logEnd: 0, log: [], cursor: 0, published: 0, positions: [], blocks: [], target: NO_ROWS, ledger: [], streaming: false, applied: 0, startedAt: 0, generation: 0,
      held: null, heldOnce: false, crashes: bounds.crashes ?? 0, restarts: bounds.restarts ?? 0,
    },
    *steps(s) {
      yield* application(s);
      yield* extractor(s);
      yield* loaders(s);
      yield* changes(s);
    },
    wrong(s) {
      if (!s.streaming || s.applied < consistentAt(s) || (rules.streamEarly === true && !isTiled(s))) return null;
      const committed = s.committed.find(([position]) => position === s.applied)?.[1];
      return committed === undefined || same(committed, s.target) ? null : `called consistent at ${s.applied}: target ${s.target}, source ${committed}`;
    },
    wrongAtEnd: (s) => (s.streaming ? (same(s.source, s.target) ? null : `ends with target ${s.target}, source ${s.source}`) : 'never complete'),
  };
}

const told = ({ generation, lo, hi, position, rows }: Block): string => `[k${lo}, k${hi}) of generation ${generation} as of ${position} {${rows.map(([key, value]) => `k${key}=${value}`).join(' ')}}`;
const same = (a: Values, b: Values): boolean => a.every((value, i) => value === b[i]);
