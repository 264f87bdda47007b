/**
 * Verifies continuously while the application writes: one lane follows the changes, the other passes over everything.
 * Reads both sides only; what it finds is in the record of divergences, in its beat and in its metrics.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveRecord, readLive } from '@causeway/control/live/live-record';
import { beat, BEAT_MS, DOWN_AFTER_MS, readBeats } from '@causeway/control/live/service-beat';
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { readContracts } from '@causeway/control/record/table-record';
import type { Log } from '@causeway/runtime/log';
import type pg from 'pg';
import { checkHash } from '../measure/target/check-hash.ts';
import { BackFollower } from './back-follower.ts';
import { ChangeFollower } from './change-follower.ts';
import type { Checking, Divergence } from './check-keys.ts';
import { Divergences } from './divergences.ts';
import { liveContract } from './live-contract.ts';
import { type LiveState, liveState, PassClock } from './live-state.ts';
import { Positions } from './positions.ts';
import { rollingPass } from './rolling-pass.ts';
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

/** Between two laps over the changes; under the fence every lap counts as downtime. */
const LAP_MS = 200;
const URGENT_LAP_MS = 10;
/** How soon a cutover is noticed. */
const WATCH_MS = 40;
const PHASE_MS = 500;
/** A change that waits longer than this slows the rolling pass down. */
const HURRIED_MS = 500;
const YIELD_MS = 40;
const LOOK_MS = 1_000;

/** Ends when the generation does, or the signal aborts. */
export async function runLive(input: RunLiveInput): Promise<void> {
  await untilFollowing(input);
  const { pool, record, signal } = input;
  await checkHash(pool);
  const g = { migration: record.id, generation: record.generation };
  const { token } = await readLive(pool, record.id);
  const stored = await readContracts(pool, g);
  const contracts = stored.map((contract) => ({ contract, live: liveContract(contract) }));
  const live = contracts.flatMap((c) => (c.live === null ? [] : [c.live]));
  const skipped = contracts.filter((c) => c.live === null).map((c) => c.contract.source);
  const stop = new AbortController();
  const own = AbortSignal.any([signal, stop.signal]);
  const start = { file: input.sourceFile, migration: record.id, token, contracts: stored };
  const sources = [new LiveSource(start), new LiveSource(start)] as const;
  const positions = new Positions(pool, g, own);
  const checking = (source: LiveSource): Checking => ({ pool, g, source, positions });
  try {
    const position = await logEndOf(sources[0], input);
    const lanes = new Lanes({
      ...input,
      signal: own,
      positions,
      follower: new ChangeFollower(checking(sources[0]), live, position),
      divergences: new Divergences(checking(sources[0]), live),
      back: new BackFollower({ pool, g, source: sources[0], signal: own }, live),
      passing: checking(sources[1]),
      captureLost: () => sources[0].captureLost,
      skipped,
    });
    await lanes.run(live, stop);
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

const isCaptureLost = (error: unknown): boolean => error instanceof Failure && error.code === 'CAPTURE_LOST';

/** The application writes to SQLite: the only time that the checks speak about. */
function isPrimary(live: LiveRecord | undefined): boolean {
  return live?.phase === 'following' || live?.phase === 'switching';
}

interface LanesInput extends RunLiveInput {
  readonly positions: Positions;
  readonly follower: ChangeFollower;
  readonly divergences: Divergences;
  readonly back: BackFollower;
  readonly passing: Checking;
  /** What is missing of the capture, in words; null: nothing. */
  readonly captureLost: () => string | null;
  readonly skipped: readonly string[];
}

class Lanes {
  private readonly input: LanesInput;
  private readonly instance = randomUUID();
  private readonly clock = new PassClock();
  private live: LiveRecord | undefined;
  private stale = true;
  private gaps = 0;
  private lookedAt = 0;
  private stop: AbortController | undefined;
  private over = false;

  constructor(input: LanesInput) {
    this.input = input;
  }

  /** All lanes come to rest before the sources are closed under them. */
  async run(contracts: readonly TableContract[], stop: AbortController): Promise<void> {
    const end = (error: unknown): never => {
      stop.abort(error);
      throw error;
    };
    this.stop = stop;
    await this.watch();
    const lanes = await Promise.allSettled([this.watching().catch(end), this.lane(() => this.following()).catch(end), this.lane(() => this.passingOver(contracts)).catch(end)]);
    const failed = lanes.find((lane) => lane.status === 'rejected');
    if (failed !== undefined && !this.over) throw failed.reason;
  }

  /** A lane that reads the source goes on looking where the capture has gone: the beat tells it, and nothing else is said. */
  private async lane(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isCaptureLost(error)) throw error;
        this.clock.passes = 0;
        await this.rest(PHASE_MS);
      }
    }
  }

  private rest(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.input.signal });
  }

  /** What changed just now comes first; a pass goes on all the same, only slower. */
  private async yieldToChanges(): Promise<void> {
    const { positions, follower } = this.input;
    while (positions.urgent) await this.rest(WATCH_MS);
    const since = follower.oldestSinceMs;
    await this.rest(since !== null && Date.now() - since > HURRIED_MS ? YIELD_MS : 0);
  }

  /** As `rest`, but a cutover that begins does not wait for it. */
  private async restUnlessUrgent(ms: number): Promise<void> {
    const { positions } = this.input;
    for (const until = performance.now() + ms; performance.now() < until && !positions.urgent; ) await this.rest(Math.min(WATCH_MS, ms));
    if (positions.urgent) await this.rest(URGENT_LAP_MS);
  }

  /** Who is the primary, and our beat. */
  private async watching(): Promise<void> {
    for (let beatAt = 0; ; ) {
      await this.watch();
      if (performance.now() - beatAt >= BEAT_MS || this.input.positions.urgent) {
        await this.tell();
        beatAt = performance.now();
      }
      await this.rest(this.input.positions.urgent ? URGENT_LAP_MS : WATCH_MS);
    }
  }

  private async watch(): Promise<void> {
    const { pool, record, positions } = this.input;
    const live = await readLive(pool, record.id);
    if (live.phase === 'completed') {
      this.over = true;
      this.stop?.abort();
    }
    // What the other side wrote meanwhile is in no log of this one: only a whole pass tells.
    if (isPrimary(live) && !isPrimary(this.live)) this.clock.passes = 0;
    this.live = live;
    positions.urgent = live.phase === 'switching' || live.phase === 'returning';
  }

  private async tell(): Promise<void> {
    const { pool, record, positions, follower, divergences, skipped } = this.input;
    const extractor = (await readBeats(pool, record.id)).find((b) => b.name === 'extractor');
    this.stale = extractor === undefined || extractor.ageMs > DOWN_AFTER_MS;
    await positions.look();
    const state = liveState({ follower, positions, divergences, clock: this.clock, stale: this.stale, known: isPrimary(this.live), skipped, record: this.live, back: this.input.back, captureLost: this.input.captureLost() });
    await beat(pool, record.id, 'validator', this.instance, { ...state });
    this.input.onState(state);
  }

  private async following(): Promise<void> {
    const { follower, divergences, positions, back } = this.input;
    for (;;) {
      if (isPrimary(this.live)) {
        await follower.lap(async (result) => {
          this.clock.rowsVerified += result.checked;
          await this.found(result.divergences);
          await divergences.settle(result.settled);
        });
        if (follower.gaps > this.gaps) this.clock.passes = 0;
        this.gaps = follower.gaps;
        if (performance.now() - this.lookedAt >= (positions.urgent ? URGENT_LAP_MS : LOOK_MS)) {
          await divergences.look();
          this.lookedAt = performance.now();
        }
      }
      if (this.live?.phase === 'switched' || this.live?.phase === 'returning') {
        await back.lap(async (result) => {
          this.clock.rowsVerified += result.checked;
          await this.found(result.divergences);
          await divergences.settle(result.settled);
        });
      }
      await this.restUnlessUrgent(LAP_MS);
    }
  }

  private async passingOver(contracts: readonly TableContract[]): Promise<void> {
    const { passing, passRestMs, log } = this.input;
    for (;;) {
      if (isPrimary(this.live)) {
        const [attempt, gaps] = [this.live?.attempt, this.gaps];
        this.clock.startedMs = Date.now();
        const started = performance.now();
        await rollingPass(passing, contracts, {
          rows: (count) => {
            this.clock.rowsVerified += count;
          },
          diverged: (divergences) => this.found(divergences),
          breathe: () => this.yieldToChanges(),
        });
        this.clock.lastSeconds = (performance.now() - started) / 1000;
        this.clock.endedMs = Date.now();
        // A pass counts only for the time that it lay in from end to end.
        if (isPrimary(this.live) && this.live?.attempt === attempt && this.gaps === gaps) this.clock.passes++;
        log.debug({ seconds: this.clock.lastSeconds }, 'passed over everything');
      }
      await this.rest(isPrimary(this.live) ? passRestMs : PHASE_MS);
    }
  }

  private async found(divergences: readonly Divergence[]): Promise<void> {
    for (const divergence of await this.input.divergences.store(divergences)) {
      this.input.log.warn({ table: divergence.contract.table, kind: divergence.kind, columns: divergence.columns, position: String(divergence.position) }, 'a row differs');
      this.input.onDivergence?.(divergence);
    }
  }
}
