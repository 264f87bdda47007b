/** What the loader does once the snapshot is loaded, side by side until it is stopped: the change stream, and its beat. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { findLive } from '@causeway/control/live/live-record';
import { BEAT_MS, beat } from '@causeway/control/live/service-beat';
import { targetContracts } from '@causeway/control/record/schema-change';
import type { Generation } from '@causeway/control/record/table-record';
import { ensureTopics } from '@causeway/control/topics/ensure-topics';
import type { Log } from '@causeway/runtime/log';
import { messageOf } from '@causeway/runtime/postgres-pool';
import { type BackStep, runBackSink } from './back/run-back-sink.ts';
import { LOADER_SETTINGS } from './config.ts';
import type { LoaderInput } from './loader.ts';
import { isPassing } from '@causeway/runtime/passing-trouble';
import { runStream } from './stream/run-stream.ts';
import type { StreamStep } from './stream/stream-lane.ts';
import { StreamTable } from './stream/stream-table.ts';

/** Returns when it is stopped or the migration is completed; `finished` is the finisher's work, which goes on beside. */
export async function follow(input: LoaderInput, g: Generation, finished: Promise<void>): Promise<void> {
  const { transport } = input;
  const over = new AbortController();
  const signal = AbortSignal.any([input.signal, over.signal]);
  await ensureTopics(transport, input.record);
  const state = new BeatState();
  const onStep = (step: StreamStep): void => {
    state.take(step);
    input.onStep?.(step);
  };
  const parts = [finished, rounds(input, g, state, signal, onStep), beats(input, g, state, signal, () => over.abort())];
  try {
    await Promise.all(parts);
  } finally {
    over.abort();
    await Promise.allSettled(parts);
  }
}

/** Stream and way back, by the contracts that the target has; when those move on, from the durable positions by the new ones. */
async function rounds(input: LoaderInput, g: Generation, state: BeatState, signal: AbortSignal, onStep: (step: StreamStep) => void): Promise<void> {
  const { pool, transport, log, groupSuffix } = input;
  while (!signal.aborted) {
    const round = new AbortController();
    const both = AbortSignal.any([signal, round.signal]);
    try {
      const { version, contracts } = await targetContracts(pool, g);
      state.begin(version, round);
      const tables = new Map(contracts.map((contract) => [contract.table, new StreamTable(contract)]));
      const made = { version, tables, schema: input.record.settings.schema };
      const stream = runStream({ pool, transport, g, made, groupSuffix, log, signal: both, onStep, heldBytes: input.heldBytes ?? LOADER_SETTINGS.heldBytes.fallback });
      const back = runBackSink({ pool, transport, g, groupSuffix, log, signal: both, sourceFile: input.sourceFile ?? input.record.source.readPath, onStep: (step) => state.takeBack(step, input.onBack) });
      // Whichever fails or ends first, the other comes to rest: the way back alone ends with the migration.
      const parts = [stream.finally(() => round.abort()), back];
      try {
        await Promise.all(parts);
      } finally {
        round.abort();
        await Promise.allSettled(parts);
      }
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      log.warn({ reason: messageOf(error) }, 'following is interrupted; going on');
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
    const live = await findLive(pool, g.migration).catch(() => undefined);
    if (live === null || live?.phase === 'completed') return;
  }
}

/** What the loader tells of itself once a second. */
class BeatState {
  changes = 0;
  batches = 0;
  lastSeconds = 0;
  gap = false;
  /** Newest attempt and time of anything that came the way back, and what it wrote. */
  backAttempt = '0';
  backSeenMs = 0;
  backRows = 0;
  backProblems = 0;
  /** Of the contracts by which it applies. */
  contractVersion = 0;
  #round: AbortController | undefined;

  begin(version: number, round: AbortController): void {
    this.contractVersion = version;
    this.#round = round;
  }

  /** Another loader may have brought the target to a later version. */
  endRound(): void {
    this.#round?.abort();
  }

  takeBack(step: BackStep, also: ((step: BackStep) => void) | undefined): void {
    this.backAttempt = String(step.attempt);
    this.backSeenMs = Date.now();
    this.backRows += step.rows + step.deleted;
    this.backProblems += step.problems;
    also?.(step);
  }

  take(step: StreamStep): void {
    this.changes += step.changes;
    this.batches += step.batches;
    this.lastSeconds = step.seconds;
    this.gap = step.gap;
  }
}

async function beats(input: LoaderInput, g: Generation, state: BeatState, signal: AbortSignal, completed: () => void): Promise<void> {
  const instance = randomUUID();
  while (!signal.aborted) {
    try {
      input.lives?.();
      await beat(input.pool, g.migration, 'loader', instance, { ...state });
      const live = await findLive(input.pool, g.migration);
      if (live === null || live.phase === 'completed') return completed();
      if (live.contractVersion !== state.contractVersion) state.endRound();
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await sleep(BEAT_MS, undefined, { signal }).catch(() => {});
  }
}

const PAUSE_MS = 1_000;

/** Runs resumable work again after trouble that passes by itself. */
export async function patiently(work: () => Promise<void>, { log, signal }: { log: Log; signal: AbortSignal }): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      log.warn({ reason: messageOf(error) }, 'interrupted; going on');
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}
