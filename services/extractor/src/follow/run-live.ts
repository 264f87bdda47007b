/** All that the extractor does for a live migration: the snapshot, then the changes, and beside them the way back. */
import { runBack } from '../back/run-back.ts';
import type { BackState } from '../back/back-state.ts';
import { type ExtractorInput, runExtractor } from '../extractor.ts';
import { FollowLease } from './follow-lease.ts';
import { type FollowLap, type FollowState, runFollow } from './run-follow.ts';
import { type LogBounds, SourceGuard } from './source-guard.ts';
import { Throttle } from './throttle.ts';

export interface LiveInput extends ExtractorInput {
  readonly bounds?: LogBounds;
  readonly onBack?: (state: BackState) => void;
  readonly onFollow?: { state(state: FollowState): void; lap(lap: FollowLap): void };
}

/** Until the signal or the migration's end. A lease that is lost with its connection is taken again. */
export async function runLive(input: LiveInput): Promise<void> {
  const { pool, record, log, signal } = input;
  for (;;) {
    const lease = await FollowLease.take(pool, record.id, log, signal);
    if (lease === null) return;
    try {
      return await underLease(input, AbortSignal.any([signal, lease.lost.signal]));
    } catch (error) {
      if (signal.aborted || !lease.lost.signal.aborted) throw error;
      log.warn('the lease of this extractor was lost with its connection; taking it again');
    } finally {
      lease.end();
    }
  }
}

async function underLease(input: LiveInput, held: AbortSignal): Promise<void> {
  const { pool, transport, record, sourceFile, log } = input;
  const g = { migration: record.id, generation: record.generation };
  const over = new AbortController();
  const signal = AbortSignal.any([held, over.signal]);
  const living = (part: string): (() => void) => () => input.lives?.(part);
  const throttle = new Throttle();
  const back = (): Promise<void> => runBack({ pool, transport, g, log, signal, lives: living('way back'), ...(input.onBack === undefined ? {} : { onState: input.onBack }) });
  const guard = new SourceGuard({ pool, g, sourceFile, bounds: input.bounds ?? { warn: 0, limit: 0 }, throttle, log, signal });
  const forward = async (): Promise<void> => {
    await runExtractor({ ...input, signal, throttle });
    const { onFollow } = input;
    await runFollow({ pool, transport, g, sourceFile, log, signal, throttle, guard, lives: living('tailer'), ...(onFollow === undefined ? {} : { onState: onFollow.state, onLap: onFollow.lap }) });
  };
  const parts = [forward(), back(), guard.run()];
  try {
    await Promise.all(parts);
  } finally {
    // Whichever failed, the other comes to rest before the pool is closed under it.
    over.abort();
    await Promise.allSettled(parts);
  }
  held.throwIfAborted();
}
