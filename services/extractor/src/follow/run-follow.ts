/**
 * The tailer: from the moment the snapshot is loaded until the migration is completed, what the application commits is
 * published. While it commits nothing, a heartbeat each second shows a lost message; under the fence, a marker proves
 * the drain. What passes by itself (brokers away, a server restarting) only makes lag.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { capturedTables, type CapturedTable } from '@causeway/control/capture/captured-table';
import { captureIsThere, readFact } from '@causeway/control/capture/source-facts';
import { Failure } from '@causeway/contracts/failures';
import { findLive, type LiveRecord, readLive } from '@causeway/control/live/live-record';
import { beat, BEAT_MS, readBeats } from '@causeway/control/live/service-beat';
import { readStreamPosition, type StreamPosition } from '@causeway/control/live/stream-position';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import { newestContracts } from '@causeway/control/record/schema-change';
import type { Generation } from '@causeway/control/record/table-record';
import type { Log } from '@causeway/runtime/log';
import { messageOf } from '@causeway/runtime/postgres-pool';
import { openSource, type SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { Transport } from '@causeway/runtime/transport/port';
import type pg from 'pg';
import { isPassing } from '@causeway/runtime/passing-trouble';
import { completeLiveQuarantine } from '../follow-quarantine.ts';
import { textDecoding } from '@causeway/control/source/text-decoding';
import { shownProducer } from '../publish/shown-producer.ts';
import { ChangePublisher, type PublishedBatch, SchemaMoved } from './change-publisher.ts';
import { SourceCheck } from './check-source.ts';
import { ComputedAgain } from './computed-again.ts';
import { FollowTable } from './follow-table.ts';
import { LogPurge, purgeBound } from './log-purge.ts';
import type { SourceGuard } from './source-guard.ts';
import { SourceWatch } from './source-watch.ts';
import { schemaMoved, takeOverSchema } from './take-over-schema.ts';
import type { Throttle } from './throttle.ts';

export interface FollowState {
  readonly published: bigint;
  readonly end: bigint;
  /** Entries in the log that the purge has left. */
  readonly logEntries: number;
  readonly keys: number;
  readonly batches: number;
  readonly bytes: number;
  /** Milliseconds since the oldest change that is not published was seen; 0 without one. */
  readonly lagMs: number;
  readonly purgedTo: bigint;
}

export interface FollowInput {
  readonly pool: pg.Pool;
  readonly transport: Transport;
  readonly g: Generation;
  readonly sourceFile: string;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Slows the reading down while it is set. */
  readonly throttle?: Throttle;
  /** Knows what is to be told about the log. */
  readonly guard?: Pick<SourceGuard, 'warning'>;
  readonly onState?: (state: FollowState) => void;
  /** The tailer works: after every lap and every acknowledgement. */
  readonly lives?: (() => void) | undefined;
  /** Told after every lap, and at every look at the target. */
  readonly onLap?: (lap: FollowLap) => void;
}

/** Where source and target stand, as the tailer has seen them last. */
export interface FollowLap {
  readonly end: bigint;
  readonly published: bigint;
  readonly applied: bigint;
  /** When the newest change up to `published` was seen first; milliseconds since 1970. */
  readonly seenMs: number;
}

const HEARTBEAT_MS = 1_000;
const POSITION_MS = 100;
/** Under the fence every wait counts as downtime. */
const FENCED_POSITION_MS = 20;
/** The loader has had time to read what was sent again. */
const RESEND_MS = 2_000;
const PAUSE_MS = 500;

/** Until the signal, or the migration's end. */
export async function runFollow(input: FollowInput): Promise<void> {
  const { signal, log, pool, g } = input;
  while (!signal.aborted) {
    try {
      const live = await readLive(pool, g.migration);
      if (live.phase === 'completed') return;
      // Ends early where the application has changed its schema: then by the new contracts.
      if ((await follow(input, live)) === 'moved') continue;
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error)) throw error;
      // Waiting for a broker or a server is no hanging.
      input.lives?.();
      log.warn({ reason: messageOf(error) }, 'following is interrupted; going on');
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }
}

async function follow(input: FollowInput, live: LiveRecord): Promise<'moved' | 'ended'> {
  const { pool, g, transport, sourceFile } = input;
  const db = openSource(sourceFile);
  const watch = new SourceWatch(db, sourceFile);
  const producer = shownProducer(await transport.producer({ clientId: `causeway-extractor-${g.migration}` }), input.lives);
  const purge = new LogPurge(sourceFile);
  try {
    const known = await newestContracts(pool, g);
    const { contracts } = known;
    const { applied } = await readStreamPosition(pool, g);
    if (belongsTo(db, live) && schemaMoved(db, known)) {
      await takeOverSchema(input, db, known, applied);
      return 'moved';
    }
    const captured: readonly CapturedTable[] = capturedTables(discoverSchema(db), contracts);
    const decode = textDecoding(String(db.pragma('encoding', { simple: true })));
    const check = new SourceCheck(db, sourceFile, live, known.version);
    const tables = contracts.map((contract) => new FollowTable(db, contract, decode));
    const publisher = new ChangePublisher({ db, file: sourceFile, g, check, captured, tables, producer, version: known.version }, applied);
    const computed = new ComputedAgain(pool, g.migration, sourceFile, contracts);
    const whenIdle = (): Promise<unknown> => completeLiveQuarantine(pool, g, db, contracts, decode);
    await new FollowLoop(input, { publisher, watch, check, purge, computed, whenIdle }).run();
    return 'ended';
  } catch (error) {
    if (error instanceof SchemaMoved) return 'moved';
    throw error;
  } finally {
    watch.close();
    purge.close();
    await producer.close().catch(() => {});
    closeQuietly(db);
  }
}

/** The capture there is this migration's; another one is told by the first look. */
function belongsTo(db: SourceDatabase, live: LiveRecord): boolean {
  return captureIsThere(db) && readFact(db, 'migration') === live.migration && readFact(db, 'token') === live.token;
}

interface FollowParts {
  readonly publisher: ChangePublisher;
  readonly watch: SourceWatch;
  readonly check: SourceCheck;
  readonly purge: LogPurge;
  readonly computed: ComputedAgain;
  readonly whenIdle: () => Promise<unknown>;
}

class FollowLoop {
  private readonly input: FollowInput;
  private readonly parts: FollowParts;
  private readonly instance = randomUUID();
  private position: StreamPosition | undefined;
  private positionAt = Number.NEGATIVE_INFINITY;
  private resent: { from: bigint; at: number } | undefined;
  private beatenAt = Number.NEGATIVE_INFINITY;
  private toldAt = Number.NEGATIVE_INFINITY;
  private marked = 0n;
  private seenMs: number | null = null;
  private over = false;
  private keys = 0;
  private batches = 0;
  private bytes = 0;

  constructor(input: FollowInput, parts: FollowParts) {
    this.input = input;
    this.parts = parts;
  }

  async run(): Promise<void> {
    const { signal, throttle } = this.input;
    const { publisher, watch } = this.parts;
    for (let fenced = false; !signal.aborted && !this.over; ) {
      if (!(await this.lookAtTarget(fenced ? FENCED_POSITION_MS : POSITION_MS))) return;
      const seenMs = this.seenMs ?? Date.now();
      // Under a fence every wait counts as downtime.
      const held: boolean = !fenced && throttle?.holds === true;
      const batch: PublishedBatch = held ? publisher.lookOnly() : await publisher.publishBacklog(seenMs);
      if (held) this.seenMs = batch.end > publisher.published ? seenMs : null;
      else this.seenMs = null;
      throttle?.spend(batch.bytes);
      this.input.lives?.();
      this.input.onLap?.({ end: batch.end, published: publisher.published, applied: this.position?.applied ?? 0n, seenMs });
      fenced = batch.fence !== 0n;
      this.count(batch);
      if (performance.now() - this.beatenAt >= HEARTBEAT_MS || (fenced && this.marked !== batch.fence && publisher.published === batch.fenceEnd)) await this.beatTopic(batch);
      if (performance.now() - this.toldAt >= BEAT_MS) await this.everySecond(batch);
      if (await watch.changed(fenced ? FENCED_POSITION_MS : POSITION_MS, signal)) this.seenMs ??= Date.now();
    }
  }

  /** False when the migration has ended or is another generation's. */
  private async lookAtTarget(everyMs: number): Promise<boolean> {
    if (performance.now() - this.positionAt < everyMs) return true;
    const { pool, g } = this.input;
    const position = await readStreamPosition(pool, g);
    if (position === undefined) return false;
    this.position = position;
    this.positionAt = performance.now();
    const { resendFrom } = position;
    if (resendFrom === null) this.resent = undefined;
    else if (this.resent?.from !== resendFrom || performance.now() - this.resent.at > RESEND_MS) {
      this.resent = { from: resendFrom, at: performance.now() };
      this.parts.publisher.published = resendFrom;
      this.marked = 0n;
    }
    return true;
  }

  private count(batch: PublishedBatch): void {
    if (batch.keys === 0) return;
    this.keys += batch.keys;
    this.bytes += batch.bytes;
    this.batches++;
  }

  private async beatTopic(batch: PublishedBatch): Promise<void> {
    const { publisher } = this.parts;
    if ((await publisher.publishBeat(batch)) === 'marker') this.marked = batch.fence;
    this.beatenAt = performance.now();
  }

  private async everySecond(batch: PublishedBatch): Promise<void> {
    const { pool, g, onState, guard } = this.input;
    const { publisher, check, purge, computed, whenIdle } = this.parts;
    this.toldAt = performance.now();
    check.checkReplaced();
    const live = await findLive(pool, g.migration);
    if (live?.phase === 'completed') {
      this.over = true;
      return;
    }
    if (live === null || live.generation !== g.generation) throw new Failure('FENCED', 'the migration has begun anew or was removed');
    const validator = (await readBeats(pool, g.migration)).find((b) => b.name === 'validator');
    const applied = this.position?.applied ?? 0n;
    await purge.purge(batch.purgedTo, purgeBound(applied, publisher.published, validator));
    if (live.phase === 'following') await computed.send();
    const logEntries = Number(batch.end - batch.purgedTo);
    const lagMs = this.seenMs === null ? 0 : Date.now() - this.seenMs;
    const state = { published: publisher.published, end: batch.end, logEntries, keys: this.keys, batches: this.batches, bytes: this.bytes, lagMs, purgedTo: batch.purgedTo };
    onState?.(state);
    await beat(pool, g.migration, 'extractor', this.instance, { ...state, published: String(state.published), end: String(state.end), purgedTo: String(batch.purgedTo), fence: String(batch.fence), warning: guard?.warning ?? null, throttleBytes: live.throttleBytes === null ? null : String(live.throttleBytes) });
    if (batch.keys === 0) await whenIdle();
  }
}

function closeQuietly(db: SourceDatabase): void {
  try {
    db.close();
  } catch {
    // A statement of a batch that failed may still be open; the process ends or opens it anew.
  }
}
