/**
 * A row of the target is damaged, and its table is brought over again while the stream goes on. As `repair` does it: the
 * keys are written to the change log once more. Other ways are here to show what they cost. What becomes of a batch is
 * decided by production's `decideBatch`.
 */
import { decideBatch } from '@causeway/loader/stream/decide-batches';
import type { Model } from './explore.ts';
import { type Variant, whole, without } from './variant.ts';

type Pair = readonly [number, number];

interface Batch {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly (readonly [number, number])[];
}

interface State {
  readonly source: Pair;
  readonly log: readonly (readonly [number, number])[];
  readonly logEnd: number;
  readonly writes: number;
  readonly target: Pair;
  readonly applied: number;
  readonly published: number;
  readonly topic: readonly Batch[];
  readonly block: { readonly position: number; readonly rows: Pair } | null;
  readonly resynced: boolean;
}

/** `log`: the keys go through the log again; `stream`: the rows travel as a batch; `paused`: beside the stream, loaded only while it has not passed them; `beside`: loaded whenever they come. */
export type Way = 'log' | 'stream' | 'paused' | 'beside';

const SOUND: Pair = [1, 1];
const DAMAGED: Pair = [2, 1];
const with_ = (rows: Pair, key: number, value: number): Pair => (key === 0 ? [value, rows[1]] : [rows[0], value]);

export function resync(way: Way, writes: number): Model<State> {
  return {
    start: { source: SOUND, log: [], logEnd: 0, writes: 0, target: DAMAGED, applied: 0, published: 0, topic: [], block: null, resynced: false },
    *steps(s) {
      if (s.writes < writes) {
        for (const key of [0, 1]) {
          for (const value of s.source[key] === 0 ? [1, 2] : [0, 3 - (s.source[key] as number)]) {
            const id = s.logEnd + 1;
            yield { label: `application writes k${key}=${value} (${id})`, to: { ...s, source: with_(s.source, key, value), log: [...s.log, [id, key]], logEnd: id, writes: s.writes + 1 } };
          }
        }
      }
      if (s.logEnd > s.published) {
        const keys = [...new Set(s.log.filter(([id]) => id > s.published).map(([, key]) => key))].sort();
        const batch: Batch = { from: s.published, to: s.logEnd, rows: keys.map((key) => [key, s.source[key] as number]) };
        yield { label: `tailer publishes (${batch.from}, ${batch.to}]`, to: { ...s, topic: [...s.topic, batch], published: s.logEnd } };
      }
      if (!s.resynced) {
        if (way === 'log') yield { label: 'the keys are written to the log again', to: { ...s, log: [...s.log, [s.logEnd + 1, 0], [s.logEnd + 2, 1]], logEnd: s.logEnd + 2, resynced: true } };
        if (way === 'stream') {
          const batch: Batch = { from: s.published, to: s.logEnd + 1, rows: [[0, s.source[0]], [1, s.source[1]]] };
          yield { label: `the table is published as (${batch.from}, ${batch.to}]`, to: { ...s, logEnd: batch.to, topic: [...s.topic, batch], published: batch.to, resynced: true } };
        }
        if ((way === 'beside' || way === 'paused') && s.block === null) yield { label: `the table is read as of ${s.logEnd}`, to: { ...s, block: { position: s.logEnd, rows: s.source } } };
        if (s.block !== null) {
          const late = way === 'paused' && s.applied > s.block.position;
          yield late ? { label: 'the block is too old, and read again', to: { ...s, block: null } } : { label: `the block as of ${s.block.position} is loaded`, to: { ...s, target: s.block.rows, block: null, resynced: true } };
        }
      }
      const [batch, ...rest] = s.topic;
      if (batch === undefined) return;
      if (decideBatch(BigInt(s.applied), { from: BigInt(batch.from), to: BigInt(batch.to) }) !== 'apply') {
        yield { label: `loader passes (${batch.from}, ${batch.to}] by`, to: { ...s, topic: rest } };
        return;
      }
      const target = batch.rows.reduce((rows, [key, value]) => with_(rows, key, value), s.target);
      yield { label: `loader applies (${batch.from}, ${batch.to}]`, to: { ...s, target, applied: batch.to, topic: rest } };
    },
    wrongAtEnd: (s) => (s.target.every((value, key) => value === s.source[key]) ? null : `ends with target ${s.target}, source ${s.source}`),
  };
}

export const RESYNC: readonly Variant[] = [
  whole('keys through the log again, three writes', 3_000, () => resync('log', 3)),
  whole('the table as a batch of the stream, three writes', 3_000, () => resync('stream', 3)),
  whole('a block beside the stream, loaded only while it is not passed, three writes', 3_000, () => resync('paused', 3)),
  without([13], 'a block is loaded beside the stream', () => resync('beside', 1)),
];
