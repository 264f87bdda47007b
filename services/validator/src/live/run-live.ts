/**
 * Verifies continuously while the application writes: what changed, and all rows again and again, whichever side is the
 * primary. Reads both sides only; what it finds is in the record of divergences, in its beat and in its metrics.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLive } from '@causeway/control/live/live-record';
import { beat, BEAT_MS } from '@causeway/control/live/service-beat';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { targetContracts } from '@causeway/control/record/schema-change';
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
import { ContractsMoved } from './schema-moved.ts';
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
  await checkHash(input.pool);
  for (let from: bigint | null = null; ; ) {
    const round: Round = { verifiedTo: from };
    try {
      return await byContracts(input, round);
    } catch (error) {
      if (!(error instanceof ContractsMoved)) throw error;
      input.log.info('the application has changed its schema; comparing by the new contracts');
      // What changed before and is not compared yet still is.
      from = round.verifiedTo;
      await sleep(PHASE_MS, undefined, { signal: input.signal });
    }
  }
}

interface Round {
  /** Changes behind it are to be compared; null: only what comes. */
  verifiedTo: bigint | null;
}

/** Throws ContractsMoved when the target has others than those that it began with. */
async function byContracts(input: RunLiveInput, round: Round): Promise<void> {
  const { pool, record, signal } = input;
  const g = { migration: record.id, generation: record.generation };
  const { token } = await readLive(pool, record.id);
  const { contracts: stored, version } = await targetContracts(pool, g);
  const contracts = stored.flatMap((contract) => liveContract(contract) ?? []);
  const skipped = stored.filter((contract) => liveContract(contract) === null);
  const stop = new AbortController();
  const own = AbortSignal.any([signal, stop.signal]);
  const start = { file: input.sourceFile, migration: record.id, token, contracts: stored, contractVersion: version };
  const sources = [new LiveSource(start), new LiveSource(start)] as const;
  const positions = new Positions(pool, g, own);
  const checking = (source: LiveSource): Checking => ({ pool, g, source, positions });
  let follower: ChangeFollower | undefined;
  try {
    const end = await logEndOf(sources[0], input, version);
    const changes = checking(sources[0]);
    follower = new ChangeFollower(changes, contracts, round.verifiedTo ?? end);
    await new Lanes({ ...input, signal: own, positions, follower, divergences: new Divergences(changes, contracts), changes, passing: checking(sources[1]), contracts, contractVersion: version, skipped }).run(stop);
  } finally {
    round.verifiedTo = follower?.verifiedTo ?? round.verifiedTo;
    await Promise.all(sources.map((source) => source.close()));
  }
}

async function untilFollowing(input: RunLiveInput): Promise<void> {
  while ((await readLive(input.pool, input.record.id)).phase === 'loading') await sleep(PHASE_MS, undefined, { signal: input.signal });
}

/** Where the log begins for us. Without a capture there is none: that is told until somebody ends us. */
async function logEndOf(source: LiveSource, input: RunLiveInput, version: number): Promise<bigint> {
  for (const instance = randomUUID(); ; ) {
    try {
      return (await source.ask({ kind: 'end' })).position;
    } catch (error) {
      if (!isCaptureLost(error)) throw error;
      if ((await readLive(input.pool, input.record.id)).contractVersion !== version) throw new ContractsMoved();
      await beat(input.pool, input.record.id, 'validator', instance, { captureLost: source.captureLost });
      await sleep(BEAT_MS, undefined, { signal: input.signal });
    }
  }
}
