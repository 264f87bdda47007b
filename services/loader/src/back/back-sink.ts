/**
 * The way back's end: applies batches to the SQLite file, exactly once. Offset and epoch are facts of the file, written
 * in the transaction of the rows; no row is written while the fence of SQLite does not stand, and none of an earlier
 * cutover under a later one's fence (rules 27 and 28 of the protocol).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import type { ChangeHeader } from '@causeway/contracts/live/change-part';
import { failPoint } from '@causeway/runtime/fail-point';
import type { Database } from 'better-sqlite3';
import { BackApplier, type BackOutcome } from './apply-back.ts';
import type { BackBatch } from './back-message.ts';
import { type BackVerdict, decideBack } from './decide-back.ts';
import { SourceFacts } from './source-facts.ts';
import type { SinkTable } from './sink-table.ts';

/** What was decided about a batch of rows. */
export type SinkDecision = Exclude<BackVerdict, 'stop'>;

const BUSY_WAIT_MS = 20;

export interface SinkHooks {
  /** Before the commit of SQLite: what it could not take must be known before its rows are there. */
  readonly beforeCommit: (outcome: BackOutcome) => Promise<void>;
  /** Numbers of the tables that have a quarantine under this fence. */
  readonly quarantined: (fence: bigint) => Promise<ReadonlySet<number>>;
  readonly signal: AbortSignal;
}

export class BackSink {
  private readonly db: Database;
  private readonly facts: SourceFacts;
  private readonly tables: ReadonlyMap<number, SinkTable>;
  private readonly hooks: SinkHooks;
  /** As this sink has last seen or written it: anything else is another sink's work. */
  private offset: bigint;

  constructor(db: Database, tables: ReadonlyMap<number, SinkTable>, hooks: SinkHooks) {
    this.db = db;
    this.facts = new SourceFacts(db);
    this.tables = tables;
    this.hooks = hooks;
    this.offset = this.facts.number('back_offset');
  }

  get nextOffset(): bigint {
    return this.offset;
  }

  /** Applies or skips a batch; `next` is the offset behind it. */
  async take(batch: BackBatch, next: bigint): Promise<BackOutcome | null> {
    return this.transaction(async () => {
      const { header } = batch;
      this.checkOffset();
      const decision = this.decide(header);
      let outcome: BackOutcome | null = null;
      if (decision === 'apply') {
        // Invariant: I78
        this.facts.set('pass', 1n);
        outcome = await new BackApplier(this.db, this.tables, await this.hooks.quarantined(header.fence)).apply(batch);
        this.facts.drop('pass');
        await this.hooks.beforeCommit(outcome);
      }
      // Also of what was skipped: it is behind us.
      if (header.epoch >= this.facts.number('back_epoch')) {
        this.facts.set('back_epoch', header.epoch);
        this.facts.set('back_batch', header.batch);
      }
      this.facts.set('back_offset', next);
      failPoint('loader.back_before_commit');
      return outcome;
    }, next);
  }

  /** Under the fence of the message's cutover, and not of an epoch that another one has taken over. */
  private decide(header: ChangeHeader): SinkDecision {
    const verdict = decideBack({ epoch: this.facts.number('back_epoch'), fence: this.facts.number('fence_attempt'), lifted: this.facts.number('lifted_attempt') }, header);
    if (verdict === 'stop') throw new Failure('BACK_WITHOUT_FENCE', `rows of attempt ${header.fence} have come back, but SQLite is not fenced`);
    return verdict;
  }

  /** A heartbeat or marker: written down only where it says something new, so that an idle source is left alone. */
  async beat(header: ChangeHeader, next: bigint, prepare: () => void): Promise<void> {
    const fact = header.kind === 'marker' ? 'back_marker' : 'back_beat';
    if (header.epoch < this.facts.number('back_epoch')) return;
    if (!this.facts.below(fact, header.fence) && this.facts.number('back_epoch') === header.epoch) return;
    await this.transaction(async () => {
      this.checkOffset();
      if (header.epoch < this.facts.number('back_epoch')) return;
      if (header.kind === 'marker') {
        this.facts.set('pass', 1n);
        prepare();
        this.facts.drop('pass');
      }
      if (this.facts.below(fact, header.fence)) this.facts.set(fact, header.fence);
      // A marker proves the way as well.
      if (this.facts.below('back_beat', header.fence)) this.facts.set('back_beat', header.fence);
      this.facts.set('back_epoch', header.epoch);
      // It has a number of its own among the batches: those before it are here.
      this.facts.set('back_batch', header.batch);
      this.facts.set('back_offset', next);
    }, next);
  }

  /** The topic begins anew at this offset. */
  async restartAt(offset: bigint): Promise<void> {
    await this.transaction(async () => this.facts.set('back_offset', offset), offset);
  }

  private checkOffset(): void {
    const stored = this.facts.number('back_offset');
    if (stored !== this.offset) throw new Failure('FENCED', `another loader writes the way back (offset ${stored}, mine is ${this.offset})`);
  }

  private async transaction<T>(work: () => Promise<T>, next: bigint): Promise<T> {
    await this.retrying(() => this.db.exec('BEGIN IMMEDIATE'));
    try {
      const result = await work();
      // A reader in rollback-journal mode keeps the commit waiting; the transaction stays as it is.
      await this.retrying(() => this.db.exec('COMMIT'));
      this.offset = next;
      failPoint('loader.back_after_commit');
      return result;
    } finally {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
    }
  }

  private async retrying(work: () => void): Promise<void> {
    for (;;) {
      this.hooks.signal.throwIfAborted();
      try {
        return work();
      } catch (error) {
        if (!(error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw error;
        await sleep(BUSY_WAIT_MS);
      }
    }
  }
}
