/**
 * The validator's lanes: one watches who is the primary and tells how things stand, one follows the changes, one passes
 * over everything. The last two compare in the direction that the phase has.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import { type LiveRecord, readLive } from '@causeway/control/live/live-record';
import { beat, BEAT_MS, DOWN_AFTER_MS, readBeats } from '@causeway/control/live/service-beat';
import { BackFollower } from './back/back-follower.ts';
import { BackPass } from './back/back-pass.ts';
import type { BackChecking } from './back/look-at-rows.ts';
import { Turns } from './back/turns.ts';
import type { ChangeFollower, FollowerResult } from './change-follower.ts';
import type { Checking, Divergence } from './check-keys.ts';
import type { Divergences } from './divergences.ts';
import { liveState, PassClock } from './live-state.ts';
import type { Positions } from './positions.ts';
import { type PassEvents, rollingPass } from './rolling-pass.ts';
import type { RunLiveInput } from './run-live.ts';
import { ContractsMoved } from './schema-moved.ts';

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

export interface LanesInput extends RunLiveInput {
  readonly positions: Positions;
  readonly follower: ChangeFollower;
  readonly divergences: Divergences;
  /** Two readers of SQLite: for changes, and for passes. */
  readonly changes: Checking;
  readonly passing: Checking;
  readonly contracts: readonly TableContract[];
  /** Of these contracts. */
  readonly contractVersion: number;
  /** Tables whose rows cannot be named. */
  readonly skipped: readonly TableContract[];
}

/** The application writes to SQLite, or to PostgreSQL: the only times that the checks speak about. */
const sqliteIsPrimary = (live: LiveRecord | undefined): boolean => live?.phase === 'following' || live?.phase === 'switching';
const postgresIsPrimary = (live: LiveRecord | undefined): boolean => live?.phase === 'switched' || live?.phase === 'returning';

export const isCaptureLost = (error: unknown): boolean => error instanceof Failure && error.code === 'CAPTURE_LOST';

/** The application has changed a table of PostgreSQL meanwhile (classes 42 and 22): the way back tells it as its problem. */
const isChangedTable = (error: unknown): boolean => /^(?:42|22)/.test((error as { code?: string }).code ?? '');

export class Lanes {
  private readonly input: LanesInput;
  private readonly instance = randomUUID();
  private readonly clock = new PassClock();
  private readonly turns = new Turns();
  private readonly back: BackFollower;
  private live: LiveRecord | undefined;
  private stale = true;
  private gaps = 0;
  private lookedAt = 0;
  private toldTouched: string | null = null;

  constructor(input: LanesInput) {
    this.input = input;
    this.back = new BackFollower(this.backChecking(input.changes), input.contracts, input.skipped.map((c) => c.table), this.turns);
  }

  /** All lanes come to rest before the sources are closed under them. */
  async run(stop: AbortController): Promise<void> {
    const end = (error: unknown): never => {
      stop.abort(error);
      throw error;
    };
    await this.watch();
    const lanes = await Promise.allSettled([this.watching().catch(end), this.lane(() => this.following()).catch(end), this.lane(() => this.passingOver()).catch(end)]);
    const failed = lanes.find((lane) => lane.status === 'rejected');
    // The others fail only because the first one did.
    if (failed !== undefined) throw stop.signal.reason ?? failed.reason;
  }

  private backChecking({ pool, g, source }: Checking): BackChecking {
    return { pool, g, source, signal: this.input.signal };
  }

  /** A lane that reads the source goes on looking where the capture has gone: the beat tells it, and nothing else is said. */
  private async lane(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        // A table that the stream has just changed is read by the new contracts, which the watch then sees.
        if (isChangedTable(error)) await this.watch();
        if (!isCaptureLost(error) && !(postgresIsPrimary(this.live) && isChangedTable(error))) throw error;
        if (isCaptureLost(error)) this.clock.passes = 0;
        else this.input.log.warn({ code: (error as { code?: string }).code }, 'PostgreSQL refused a comparison of the way back; a table was changed there');
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
    const since = sqliteIsPrimary(this.live) ? follower.oldestSinceMs : null;
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
    if (live.contractVersion !== this.input.contractVersion) throw new ContractsMoved();
    // What the other side wrote meanwhile is in no log of this one: only a whole pass tells.
    if (sqliteIsPrimary(live) && !sqliteIsPrimary(this.live)) this.clock.passes = 0;
    if (postgresIsPrimary(live) && !postgresIsPrimary(this.live)) this.clock.backPasses = 0;
    this.live = live;
    positions.urgent = live.phase === 'switching' || live.phase === 'returning';
  }

  private async tell(): Promise<void> {
    const { pool, record, positions, follower, divergences, skipped, changes } = this.input;
    const extractor = (await readBeats(pool, record.id)).find((b) => b.name === 'extractor');
    this.stale = extractor === undefined || extractor.ageMs > DOWN_AFTER_MS;
    await positions.look();
    const state = liveState({
      follower,
      positions,
      divergences,
      clock: this.clock,
      stale: this.stale,
      primary: sqliteIsPrimary(this.live) ? 'sqlite' : postgresIsPrimary(this.live) ? 'postgresql' : null,
      skipped: skipped.map((c) => c.source),
      record: this.live,
      back: this.back,
      captureLost: changes.source.captureLost,
      sourceTouched: this.touched(),
    });
    await beat(pool, record.id, 'validator', this.instance, { ...state });
    this.input.onState(state);
  }

  /** Told in the log when it is new: nobody else looks at SQLite for as long as PostgreSQL is the primary. */
  private touched(): string | null {
    const { touched } = this.input.changes.source;
    if (touched !== null && touched !== this.toldTouched) this.input.log.error({ touched }, 'SQLite was changed under its fence');
    this.toldTouched = touched;
    return touched;
  }

  private async following(): Promise<void> {
    const { follower, divergences, positions, changes } = this.input;
    const takeIn = async (result: FollowerResult): Promise<void> => {
      this.clock.rowsVerified += result.checked;
      await this.found(result.divergences);
      await divergences.settle(result.settled, result.position);
    };
    for (;;) {
      const due = performance.now() - this.lookedAt >= (positions.urgent ? URGENT_LAP_MS : LOOK_MS);
      if (sqliteIsPrimary(this.live)) {
        await follower.lap(takeIn);
        if (follower.gaps > this.gaps) this.clock.passes = 0;
        this.gaps = follower.gaps;
        if (due) await divergences.look();
      } else if (postgresIsPrimary(this.live)) {
        await this.back.lap(takeIn);
        if (due) await divergences.lookBack(this.backChecking(changes), this.turns);
      }
      if (due) this.lookedAt = performance.now();
      await this.restUnlessUrgent(LAP_MS);
    }
  }

  private async passingOver(): Promise<void> {
    const { passRestMs } = this.input;
    for (;;) {
      if (sqliteIsPrimary(this.live)) await this.pass(() => this.forwards());
      else if (this.live?.phase === 'switched') await this.pass(() => this.backwards());
      await this.rest(sqliteIsPrimary(this.live) || this.live?.phase === 'switched' ? passRestMs : PHASE_MS);
    }
  }

  private async pass(work: () => Promise<void>): Promise<void> {
    this.clock.startedMs = Date.now();
    const started = performance.now();
    await work();
    this.clock.lastSeconds = (performance.now() - started) / 1000;
    this.clock.endedMs = Date.now();
    this.input.log.debug({ seconds: this.clock.lastSeconds }, 'passed over everything');
  }

  private async forwards(): Promise<void> {
    const { passing, contracts } = this.input;
    const [attempt, gaps] = [this.live?.attempt, this.gaps];
    await rollingPass(passing, contracts, this.events());
    // A pass counts only for the time that it lay in from end to end.
    if (sqliteIsPrimary(this.live) && this.live?.attempt === attempt && this.gaps === gaps) this.clock.passes++;
  }

  private async backwards(): Promise<void> {
    const { passing, contracts } = this.input;
    const attempt = this.live?.attempt;
    const whole = await new BackPass(this.backChecking(passing), this.turns, this.events()).over(contracts);
    if (whole && this.live?.phase === 'switched' && this.live.attempt === attempt) this.clock.backPasses++;
  }

  private events(): PassEvents {
    return {
      rows: (count) => {
        this.clock.rowsVerified += count;
      },
      diverged: (divergences) => this.found(divergences),
      breathe: () => this.yieldToChanges(),
    };
  }

  private async found(divergences: readonly Divergence[]): Promise<void> {
    for (const divergence of await this.input.divergences.store(divergences)) {
      this.input.log.warn({ table: divergence.contract.table, kind: divergence.kind, columns: divergence.columns, position: divergence.position?.toString() }, 'a row differs');
      this.input.onDivergence?.(divergence);
    }
  }
}
