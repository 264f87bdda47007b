/**
 * One batch in several messages. Two tailers, one of them thought dead, publish parts that interleave, crash between them
 * and read newer rows afterwards; the loader joins them by the assembly that production runs. Every transaction of the
 * application writes the same value into both rows, so a torn batch shows at once.
 */
import { BatchAssembly } from '@causeway/loader/stream/assemble-batches';
import type { ChangePart } from '@causeway/loader/stream/change-message';
import { decideBatch } from '@causeway/loader/stream/decide-batches';
import type { Model, Step } from './explore.ts';
import { type Variant, whole, without } from './variant.ts';

type Pair = readonly [number, number];

/** A part on the topic: which reading it is of, what that covers, and its row. */
interface Part {
  readonly attempt: number;
  readonly from: number;
  readonly to: number;
  readonly part: 0 | 1;
  readonly value: number;
}

interface Tailer {
  readonly at: 'down' | 'idle' | 'part0' | 'part1';
  readonly position: number;
  readonly attempt: number;
  readonly to: number;
  readonly rows: Pair;
}

interface State {
  readonly source: Pair;
  readonly logEnd: number;
  readonly committed: readonly (readonly [number, Pair])[];
  readonly attempts: number;
  readonly tailers: readonly Tailer[];
  readonly topic: readonly Part[];
  readonly target: Pair;
  readonly applied: number;
  readonly offset: number;
  readonly storedOffset: number;
  /** Parts that the loader holds of an incomplete batch. */
  readonly held: readonly Part[];
  readonly tailerCrashes: number;
  readonly loaderCrashes: number;
  readonly zombies: number;
  readonly resend: boolean;
}

interface Bounds {
  readonly transactions: number;
  readonly tailerCrashes: number;
  readonly zombies: number;
  /** Parts are joined by their number alone. */
  readonly joinByNumber?: boolean;
  /** What was dropped is not asked for again. */
  readonly noResend?: boolean;
  /** The offset moves with every part. */
  readonly offsetInBatch?: boolean;
}

const READINGS = 4;
const DOWN: Tailer = { at: 'down', position: 0, attempt: 0, to: 0, rows: [0, 0] };

/** A part as the loader parses it; its row is all that the assembly does not look at. */
function parsed(p: Part): ChangePart {
  const header = {
    migration: 'm', generation: 1, version: 0, kind: 'changes' as const, table: 0, attempt: String(p.attempt), batch: 0n, part: p.part, last: p.part === 1,
    from: BigInt(p.from), to: BigInt(p.to), asOf: BigInt(p.to), fence: 0n, epoch: 0n, seenMs: 0,
  };
  return { header, table: null, cells: () => [], keys: null, rejects: [], rows: null, fragment: null, bytes: 1 };
}

/** What the loader holds after a part, and the rows of the batch that it completes. */
function assemble(held: readonly Part[], next: Part, offset: number): { held: readonly Part[]; complete: boolean; resume: number } {
  const assembly = new BatchAssembly();
  for (const [i, part] of held.entries()) assembly.add(parsed(part), BigInt(offset - held.length + i));
  const complete = assembly.add(parsed(next), BigInt(offset)) !== null;
  const open = assembly.heldBytes > 0;
  return { held: open ? (next.part === 0 ? [next] : held) : [], complete, resume: Number(assembly.resumeFrom(BigInt(offset + 1))) };
}

export function parts(bounds: Bounds): Model<State> {
  const { joinByNumber = false, noResend = false, offsetInBatch = false } = bounds;

  function* tailerSteps(s: State, i: number): Iterable<Step<State>> {
    const me = s.tailers[i] as Tailer;
    const name = i === 0 ? 'tailer' : 'zombie';
    const set = (tailer: Tailer, rest: Partial<State> = {}): State => ({ ...s, ...rest, tailers: s.tailers.with(i, tailer) });
    if (me.at === 'down' && (i === 0 || s.zombies > 0)) {
      // The end of the last whole batch on the topic.
      const position = s.topic.reduce((end, p) => (p.part === 1 && p.to > end ? p.to : end), 0);
      yield { label: `${name} starts at ${position}`, to: set({ ...DOWN, at: 'idle', position }, { zombies: i === 1 ? s.zombies - 1 : s.zombies }) };
    }
    if (me.at === 'idle') {
      if (i === 0 && s.resend && me.position > s.applied) yield { label: `${name} goes back to ${s.applied}`, to: set({ ...DOWN, at: 'idle', position: s.applied }, { resend: false }) };
      if (s.logEnd > me.position && s.attempts < READINGS) {
        yield { label: `${name} reads (${me.position}, ${s.logEnd}]`, to: set({ at: 'part0', position: me.position, attempt: s.attempts + 1, to: s.logEnd, rows: s.source }, { attempts: s.attempts + 1 }) };
      }
    }
    if (me.at === 'part0' || me.at === 'part1') {
      const part = me.at === 'part0' ? 0 : 1;
      const topic = [...s.topic, { attempt: me.attempt, from: me.position, to: me.to, part, value: me.rows[part] } as const];
      yield { label: `${name} publishes part ${part} of reading ${me.attempt}`, to: set(part === 0 ? { ...me, at: 'part1' } : { ...DOWN, at: 'idle', position: me.to }, { topic }) };
      if (s.tailerCrashes > 0) yield { label: `${name} crashes`, to: set(DOWN, { tailerCrashes: s.tailerCrashes - 1 }) };
    }
  }

  function consume(s: State): Step<State> {
    const next = s.topic[s.offset] as Part;
    const label = `loader takes part ${next.part} of reading ${next.attempt}`;
    const { held, complete, resume } = joinByNumber ? byNumber(s, next) : assemble(s.held, next, s.offset);
    const on = { ...s, offset: s.offset + 1, held, storedOffset: offsetInBatch ? s.offset + 1 : resume };
    if (!complete) return { label, to: next.part === 1 && !noResend ? { ...on, resend: true } : on };
    const verdict = decideBatch(BigInt(s.applied), { from: BigInt(next.from), to: BigInt(next.to) });
    if (verdict === 'skip') return { label: `${label}: skipped`, to: on };
    if (verdict === 'gap') return { label: `${label}: gap`, to: { ...on, resend: true } };
    return { label: `${label}: applied`, to: { ...on, target: [(s.held[0] as Part).value, next.value], applied: next.to } };
  }

  /** What a loader would do that collects parts by their number. */
  function byNumber(s: State, next: Part): { held: readonly Part[]; complete: boolean; resume: number } {
    if (next.part === 0) return { held: [next], complete: false, resume: s.offset };
    return { held: [], complete: s.held.length > 0, resume: s.offset + 1 };
  }

  return {
    start: {
      source: [0, 0], logEnd: 0, committed: [[0, [0, 0]]], attempts: 0, tailers: [DOWN, DOWN], topic: [], target: [0, 0], applied: 0, offset: 0, storedOffset: 0,
      held: [], tailerCrashes: bounds.tailerCrashes, loaderCrashes: 1, zombies: bounds.zombies, resend: false,
    },
    *steps(s) {
      if (s.logEnd < 2 * bounds.transactions) {
        const value = s.logEnd / 2 + 1;
        const source: Pair = [value, value];
        yield { label: `application writes ${value}`, to: { ...s, source, logEnd: s.logEnd + 2, committed: [...s.committed, [s.logEnd + 2, source]] } };
      }
      yield* tailerSteps(s, 0);
      yield* tailerSteps(s, 1);
      if (s.loaderCrashes > 0 && (s.offset !== s.storedOffset || s.held.length > 0)) yield { label: `loader crashes, resumes at ${s.storedOffset}`, to: { ...s, offset: s.storedOffset, held: [], loaderCrashes: s.loaderCrashes - 1 } };
      if (s.offset < s.topic.length) yield consume(s);
      else {
        const tailer = s.tailers[0] as Tailer;
        if (!noResend && !s.resend && tailer.at === 'idle' && tailer.position > s.applied && tailer.position === s.logEnd) yield { label: 'a heartbeat shows a gap', to: { ...s, resend: true } };
      }
    },
    wrong(s) {
      const source = s.committed.find(([position]) => position === s.applied)?.[1];
      if (source === undefined) return `target at ${s.applied}, which is no committed position`;
      return source[0] === s.target[0] && source[1] === s.target[1] ? null : `target ${s.target} is not source ${source} at ${s.applied}`;
    },
    wrongAtEnd: (s) => (s.attempts === READINGS || (s.source[0] === s.target[0] && s.source[1] === s.target[1]) ? null : `ends with target ${s.target}, source ${s.source}`),
  };
}

const BOUNDS: Bounds = { transactions: 2, tailerCrashes: 1, zombies: 1 };

export const PARTS: readonly Variant[] = [
  whole('parts of two tailers, both of which crash', 100_000, () => parts(BOUNDS)),
  whole('parts of one tailer, three transactions', 1_000, () => parts({ ...BOUNDS, transactions: 3, zombies: 0 })),
  without([5], 'parts are joined by their number alone', () => parts({ ...BOUNDS, joinByNumber: true })),
  without([5, 7], 'what was dropped is not asked for again', () => parts({ ...BOUNDS, noResend: true })),
  without([5], 'the stored offset passes the first part of an incomplete batch', () => parts({ transactions: 1, tailerCrashes: 0, zombies: 0, noResend: true, offsetInBatch: true })),
];
