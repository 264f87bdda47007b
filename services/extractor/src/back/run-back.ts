/**
 * The way back's reader, beside the forward tailer from the moment the target is consistent: what the application writes
 * in PostgreSQL is published for SQLite; while it writes nothing, a heartbeat each second proves the way, and under the
 * fence of PostgreSQL a marker proves that nothing is left.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { backTopic } from '@causeway/contracts/topics';
import type { TableContract } from '@causeway/contracts/table-contract';
import { findLive } from '@causeway/control/live/live-record';
import { targetContracts, type VersionedContracts } from '@causeway/control/record/schema-change';
import type { Generation } from '@causeway/control/record/table-record';
import { recordCatalogueProblems } from '@causeway/control/target/back-problem';
import { reverseCaptureInstalled } from '@causeway/control/target/reverse-capture';
import { failPoint } from '@causeway/runtime/fail-point';
import type { Log } from '@causeway/runtime/log';
import { messageOf } from '@causeway/runtime/postgres-pool';
import type { Transport, TransportProducer } from '@causeway/runtime/transport/port';
import type pg from 'pg';
import { isPassing } from '@causeway/runtime/passing-trouble';
import { BackReader, type BackSnapshot } from './back-reader.ts';
import { type BackState, peekQueue } from './back-state.ts';
import { BackTable } from './back-table.ts';
import { type BatchHeader, beatMessage, PartWriter } from '../publish/part-writer.ts';
import { shownProducer } from '../publish/shown-producer.ts';

export interface BackInput {
  readonly pool: pg.Pool;
  readonly transport: Transport;
  readonly g: Generation;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Told after every look; for metrics and the service's beat. */
  readonly onState?: (state: BackState) => void;
  /** The way back works: after every lap and every acknowledgement. */
  readonly lives?: (() => void) | undefined;
}

const HEARTBEAT_MS = 1_000;
const BUSY_POLL_MS = 20;
const IDLE_POLL_MS = 100;
const WAIT_MS = 500;
const PAUSE_MS = 1_000;

/** Until the signal, or the migration's end. What passes by itself only makes lag; being taken over ends it. */
export async function runBack(input: BackInput): Promise<void> {
  const { signal, log } = input;
  while (!signal.aborted) {
    try {
      const contracts = await untilInstalled(input);
      if (contracts === null) return;
      // Ends early where the application has changed its schema: then by the new contracts.
      if ((await follow(input, contracts)) === 'moved') continue;
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error)) throw error;
      input.lives?.();
      log.warn({ reason: messageOf(error) }, 'the way back is interrupted; going on');
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** Null where there is nothing to wait for any more. */
async function untilInstalled({ pool, g, signal }: BackInput): Promise<VersionedContracts | null> {
  while (!signal.aborted) {
    const live = await findLive(pool, g.migration);
    if (live === null || live.phase === 'completed') return null;
    if (live.phase !== 'loading') {
      const versioned = await targetContracts(pool, g);
      if (await reverseCaptureInstalled(pool, g, versioned.contracts)) return versioned;
    }
    await sleep(WAIT_MS, undefined, { signal }).catch(() => {});
  }
  return null;
}

async function follow(input: BackInput, { contracts, version }: VersionedContracts): Promise<'moved' | 'ended'> {
  const reader = await BackReader.claim(input.pool, input.g, contracts.map((contract) => new BackTable(contract)));
  const producer = shownProducer(await input.transport.producer({ clientId: `causeway-back-${input.g.migration}` }), input.lives);
  try {
    return await new BackLoop(input, reader, producer, { contracts, version }).run();
  } finally {
    await producer.close().catch(() => {});
  }
}

class BackLoop {
  private readonly input: BackInput;
  private readonly reader: BackReader;
  private readonly producer: TransportProducer;
  private readonly contracts: readonly TableContract[];
  private readonly version: number;
  private readonly attemptId = randomUUID();
  private batch = 0n;
  private beatenAt = 0;
  private beatenAttempt: bigint | undefined;
  private marked: bigint | undefined;
  private published = 0;

  constructor(input: BackInput, reader: BackReader, producer: TransportProducer, { contracts, version }: VersionedContracts) {
    this.input = input;
    this.reader = reader;
    this.producer = producer;
    this.contracts = contracts;
    this.version = version;
  }

  async run(): Promise<'moved' | 'ended'> {
    const { pool, g, signal, onState } = this.input;
    while (!signal.aborted) {
      const seen = await peekQueue(pool, g, this.reader.epoch);
      if (seen === null) return 'ended';
      if (seen.contractVersion !== this.version) return 'moved';
      this.input.lives?.();
      onState?.({ epoch: this.reader.epoch, queued: seen.queued, oldestMs: seen.oldestMs, problems: seen.problems, published: this.published, markedAttempt: this.marked ?? 0n });
      if (seen.queued > 0) {
        await this.publishQueue(seen.oldestMs);
        continue;
      }
      if (seen.phase === 'returning' && this.marked !== seen.attempt) await this.tryMarker();
      if (performance.now() - this.beatenAt >= HEARTBEAT_MS || this.beatenAttempt !== seen.attempt) await this.everySecond();
      await sleep(seen.phase === 'switched' || seen.phase === 'returning' ? BUSY_POLL_MS : IDLE_POLL_MS, undefined, { signal }).catch(() => {});
    }
    return 'ended';
  }

  /** The whole queue as one batch. */
  private async publishQueue(oldestMs: number | null): Promise<void> {
    let number: bigint | null = null;
    const batch = await this.reader.inSnapshot('rows', async (client, snapshot) => {
      const writer = new PartWriter(this.header(snapshot, oldestMs), (message) => this.send(message));
      const read = await this.reader.read(client, writer);
      if (await writer.end()) number = this.batch++;
      return read;
    });
    failPoint('extractor.back_after_ack');
    await this.reader.settle(batch, number);
    this.published += batch.keys.length;
  }

  /** Sent again each second until the phase moves on: the first one may have been lost with the broker's answer. */
  private async tryMarker(): Promise<void> {
    const snapshot = await this.reader.inSnapshot('record', async (_, seen) => seen);
    if (!snapshot.drained) return;
    // Invariant: I74
    await this.send(beatMessage(this.header(snapshot, null), 'marker'));
    this.batch++;
    this.marked = snapshot.attempt;
    failPoint('extractor.back_after_marker');
  }

  private async everySecond(): Promise<void> {
    const { pool, g } = this.input;
    const snapshot = await this.reader.inSnapshot('record', async (_, seen) => seen);
    await this.send(beatMessage(this.header(snapshot, null), snapshot.drained ? 'marker' : 'heartbeat'));
    this.batch++;
    this.beatenAt = performance.now();
    this.beatenAttempt = snapshot.attempt;
    await recordCatalogueProblems(pool, g.migration, this.contracts);
    await this.reader.retryRefused();
  }

  private header(snapshot: BackSnapshot, oldestMs: number | null): BatchHeader {
    const { migration, generation } = this.input.g;
    return { migration, generation, version: this.version, attempt: this.attemptId, batch: this.batch, from: this.batch, to: this.batch, asOf: this.batch, fence: snapshot.attempt, epoch: this.reader.epoch, seenMs: Math.round(oldestMs ?? Date.now()) };
  }

  private send(value: Buffer): Promise<void> {
    return this.producer.send([{ topic: backTopic(this.input.g.migration, this.input.g.generation), partition: 0, key: null, value }]);
  }
}
