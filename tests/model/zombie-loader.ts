/**
 * Two loaders of one stream: the second takes over while the first is stopped inside its transaction. Each batch inserts
 * one row into a table without a key, so that one that is applied twice shows. Covered batches are told by `decideBatch`.
 */
import { decideBatch } from '@causeway/loader/stream/decide-batches';
import type { Model, Step } from './explore.ts';
import { type Variant, whole, without } from './variant.ts';

interface Loader {
  readonly at: 'down' | 'idle' | 'open' | 'committed' | 'fenced';
  readonly epoch: number;
  readonly offset: number;
  /** The position that its transaction has read. */
  readonly saw: number;
}

interface State {
  readonly rows: readonly number[];
  readonly applied: number;
  readonly epoch: number;
  readonly brokerOffset: number;
  readonly loaders: readonly Loader[];
  readonly crashes: number;
}

interface Rules {
  /** Epoch and position are compared in the transaction that moves the position; at its start; not at all. */
  readonly guard: 'in the update' | 'at the start' | 'none';
  /** The offset is the broker's, not that of the position's row. */
  readonly brokerOffsets?: boolean;
  readonly crashes?: number;
}

const BATCHES = 3;
const EPOCHS = 3;
const DOWN: Loader = { at: 'down', epoch: 0, offset: 0, saw: 0 };

export function zombieLoader({ guard, brokerOffsets = false, crashes = 1 }: Rules): Model<State> {
  function* loader(s: State, i: number, me: Loader): Iterable<Step<State>> {
    const name = `loader ${i}`;
    const set = (to: Loader, rest: Partial<State> = {}): State => ({ ...s, ...rest, loaders: s.loaders.with(i, to) });
    if (me.at === 'down' && s.epoch < EPOCHS) yield { label: `${name} claims epoch ${s.epoch + 1}`, to: set({ at: 'idle', epoch: s.epoch + 1, offset: brokerOffsets ? s.brokerOffset : s.applied, saw: 0 }, { epoch: s.epoch + 1 }) };
    if (me.at === 'idle' && me.offset < BATCHES) {
      if (guard === 'none' || me.epoch === s.epoch) yield { label: `${name} begins batch ${me.offset + 1}, sees ${s.applied} applied`, to: set({ ...me, at: 'open', saw: s.applied }) };
      else yield { label: `${name} is fenced`, to: set({ ...me, at: 'fenced' }) };
    }
    if (me.at === 'open') yield commit(s, me, name, set);
    if (me.at === 'committed') yield { label: `${name} goes on`, to: set({ ...me, at: 'idle', offset: me.offset + 1, saw: 0 }, { brokerOffset: Math.max(s.brokerOffset, me.offset + 1) }) };
    if ((me.at === 'open' || me.at === 'committed') && s.crashes > 0) yield { label: `${name} crashes${me.at === 'committed' ? ' after its commit' : ''}`, to: set(DOWN, { crashes: s.crashes - 1 }) };
  }

  function commit(s: State, me: Loader, name: string, set: (to: Loader, rest?: Partial<State>) => State): Step<State> {
    const mine = guard !== 'in the update' || (me.epoch === s.epoch && me.saw === s.applied);
    if (!mine) return { label: `${name}: its update hits no row`, to: set({ ...me, at: 'fenced' }) };
    const batch = me.offset + 1;
    const covered = !brokerOffsets && decideBatch(BigInt(me.saw), { from: BigInt(me.offset), to: BigInt(batch) }) === 'skip';
    if (covered) return { label: `${name} skips batch ${batch}`, to: set({ ...me, at: 'committed' }) };
    return { label: `${name} commits batch ${batch}`, to: set({ ...me, at: 'committed' }, { rows: [...s.rows, batch].sort(), applied: guard === 'in the update' ? Math.max(s.applied, batch) : batch }) };
  }

  return {
    start: { rows: [], applied: 0, epoch: 0, brokerOffset: 0, loaders: [DOWN, DOWN], crashes },
    *steps(s) {
      for (const [i, me] of s.loaders.entries()) yield* loader(s, i, me);
    },
    wrong(s) {
      if (new Set(s.rows).size !== s.rows.length) return `a row is there twice: ${s.rows}`;
      return s.rows.length === s.applied && s.rows.every((row, i) => row === i + 1) ? null : `rows ${s.rows} at ${s.applied}`;
    },
  };
}

export const ZOMBIE_LOADER: readonly Variant[] = [
  whole('epoch and position are compared where the position moves', 300, () => zombieLoader({ guard: 'in the update' })),
  whole('the same, three crashes', 1_000, () => zombieLoader({ guard: 'in the update', crashes: 3 })),
  without([8], 'offsets are the broker’s', () => zombieLoader({ guard: 'in the update', brokerOffsets: true })),
  without([8], 'no epoch', () => zombieLoader({ guard: 'none' })),
  without([8], 'the epoch is compared at the start of the transaction', () => zombieLoader({ guard: 'at the start' })),
];
