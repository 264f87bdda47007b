/**
 * Verifies continuously while the application writes: what changed, and all rows again and again, whichever side is the
 * primary. Reads both sides only; what it finds is in the record of divergences, in its beat and in its metrics.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLive } from '@causeway/control/live/live-record';
import { beat, BEAT_MS } from '@causeway/control/live/service-beat';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { readContracts } from '@causeway/control/record/table-record';
import type { Log } from '@causeway/runtime/log';
import type pg from 'pg';
import { checkHash } from '../measure/target/check-hash.ts';
import { ChangeFollower } from './change-follower.ts';
import type { Checking, Divergence } from './check-keys.ts';
import { Divergences } from './divergences.ts';
import { liveContract } from './live-contract.ts';
import { isCaptureLost, Lanes } from './lanes.ts';
import type { LiveState } from './live-state.ts';
import { Positions } from './positions.ts';
import { LiveSource } from './source/live-source.ts';

export interface RunLiveInput {
  readonly pool: pg.Pool;
  readonly record: MigrationRecord;
  readonly sourceFile: string;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Rest between two passes. */
  readonly passRestMs: number;
  readonly onState: (state: LiveState) => void;
  readonly onDivergence?: (divergence: Divergence) => void;
}

const PHASE_MS = 500;

/** Ends when the generation does, or the signal aborts. */
export async function runLive(input: RunLiveInput): Promise<void> {
  await untilFollowing(input);
  const { pool, record, signal } = input;
  await checkHash(pool);
  const g = { migration: record.id, generation: record.generation };
  const { token } = await readLive(pool, record.id);
  const stored = await readContracts(pool, g);
  const contracts = stored.flatMap((contract) => liveContract(contract) ?? []);
  const skipped = stored.filter((contract) => liveContract(contract) === null);
  const stop = new AbortController();
  const own = AbortSignal.any([signal, stop.signal]);
  const start = { file: input.sourceFile, migration: record.id, token, contracts: stored };
  const sources = [new LiveSource(start), new LiveSource(start)] as const;
  const positions = new Positions(pool, g, own);
  const checking = (source: LiveSource): Checking => ({ pool, g, source, positions });
  try {
    const position = await logEndOf(sources[0], input);
    const changes = checking(sources[0]);
    const follower = new ChangeFollower(changes, contracts, position);
    await new Lanes({ ...input, signal: own, positions, follower, divergences: new Divergences(changes, contracts), changes, passing: checking(sources[1]), contracts, skipped }).run(stop);
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
}

async function untilFollowing(input: RunLiveInput): Promise<void> {
  while ((await readLive(input.pool, input.record.id)).phase === 'loading') await sleep(PHASE_MS, undefined, { signal: input.signal });
}

/** Where the log begins for us. Without a capture there is none: that is told until somebody ends us. */
async function logEndOf(source: LiveSource, input: RunLiveInput): Promise<bigint> {
  for (const instance = randomUUID(); ; ) {
    try {
      return (await source.ask({ kind: 'end' })).position;
    } catch (error) {
      if (!isCaptureLost(error)) throw error;
      await beat(input.pool, input.record.id, 'validator', instance, { captureLost: source.captureLost });
      await sleep(BEAT_MS, undefined, { signal: input.signal });
    }
  }
}
