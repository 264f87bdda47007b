/** The tailer of the stream model, and a second one that was thought dead. */
import { purgeBound } from '@causeway/extractor/follow/log-purge';
import type { Step } from './explore.ts';
import type { Batch, StreamBounds, StreamRules, StreamState, Tailer } from './stream-state.ts';

type S = StreamState;
export const DOWN: Tailer = { at: 'down', position: 0, batch: null };

export const toldBatch = ({ from, to, asOf, rows }: Batch): string => `(${from}, ${to}]${asOf === to ? '' : ` as of ${asOf}`} {${rows.map(([key, value]) => `k${key}:${value < 0 ? '-' : `u${value}`}`).join(' ')}}`;

export function* tailer(s: S, i: number, bounds: StreamBounds, rules: StreamRules): Iterable<Step<S>> {
  const me = s.tailers[i] as Tailer;
  const name = i === 0 ? 'tailer' : 'zombie';
  const set = (to: Tailer, rest: Partial<S> = {}): S => ({ ...s, ...rest, tailers: s.tailers.with(i, to) });
  const crashed = { tailerCrashes: s.tailerCrashes - 1 };
  if (me.at === 'down') {
    const position = rules.recordFirst === true ? s.recorded : s.stored.applied;
    if (i === 0 || s.zombies > 0) yield { label: `${name} starts at ${position}`, to: set({ at: 'idle', position, batch: null }, { zombies: i === 1 ? s.zombies - 1 : s.zombies }) };
    return;
  }
  if (me.at === 'idle') {
    // The loader has had time to read what is on the topic.
    if (i === 0 && s.resend && me.position > s.target.applied && s.topic.slice(s.offset).every((batch) => batch.to <= s.target.applied || batch.from > s.target.applied)) {
      yield { label: `${name} goes back to ${s.stored.applied}`, to: set({ ...me, position: s.stored.applied }, { resend: false }) };
    }
    if (i === 0 && bounds.purge === true) yield* purge(s, me, rules);
    if (s.logEnd > me.position) {
      const batch = read(s, me.position, bounds.batchEntries ?? Number.POSITIVE_INFINITY);
      const moved = rules.recordFirst === true ? { ...me, at: 'read' as const, position: batch.to, batch } : { ...me, at: 'read' as const, batch };
      yield { label: `${name} reads ${toldBatch(batch)}`, to: set(moved, { synced: rules.noSync === true ? 0 : Math.max(s.synced, batch.to), recorded: rules.recordFirst === true ? Math.max(s.recorded, batch.to) : 0 }) };
    }
    return;
  }
  const batch = me.batch as Batch;
  if (me.at === 'read') {
    yield { label: `${name} publishes`, to: set({ ...me, at: 'sent' }, { topic: [...s.topic, batch] }) };
    if (s.duplicates > 0) yield { label: `${name} publishes twice`, to: set({ ...me, at: 'sent' }, { topic: [...s.topic, batch, batch], duplicates: s.duplicates - 1 }) };
    if (s.tailerCrashes === 0) return;
    yield { label: `${name} crashes, its message under way`, to: set(DOWN, { ...crashed, inFlight: [...s.inFlight, batch] }) };
    yield { label: `${name} crashes before it publishes`, to: set(DOWN, crashed) };
    return;
  }
  yield { label: `${name} hears that it is published`, to: set({ at: 'idle', position: batch.to, batch: null }) };
  if (s.tailerCrashes > 0) yield { label: `${name} crashes after it has published`, to: set(DOWN, crashed) };
}

/** Keys of the log with the rows of now. */
function read(s: S, from: number, most: number): Batch {
  const entries = s.log.filter(([id]) => id > from);
  const taken = entries.slice(0, most);
  const to = taken.length < entries.length ? (taken.at(-1)?.[0] ?? from) : s.logEnd;
  const keys = [...new Set(taken.map(([, key]) => key))].sort((a, b) => a - b);
  return { from, to, asOf: s.logEnd, rows: keys.map((key) => [key, s.source[key] as number]) };
}

function* purge(s: S, me: Tailer, rules: StreamRules): Iterable<Step<S>> {
  const published = BigInt(me.position);
  const bound = Number(rules.purgePublished === true ? published : purgeBound(BigInt(s.stored.applied), published, undefined));
  const log = s.log.filter(([id]) => id > bound || (rules.reuseIds !== true && id === s.logEnd));
  if (log.length < s.log.length) yield { label: `tailer purges up to ${bound}`, to: { ...s, log } };
}
