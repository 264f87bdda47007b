/**
 * Consumes the change stream under one claim: parses, assembles, decides, applies. Everything that fails ends the lane;
 * a new one begins at the durable position, which is also how an unknown result of a COMMIT is read back.
 */
import { messageOf, retryingConflicts } from '@causeway/runtime/postgres-pool';
import { Failure } from '@causeway/contracts/failures';
import type { ChangeHeader } from '@causeway/contracts/live/change-part';
import { failPoint } from '@causeway/runtime/fail-point';
import type { IncomingBatch } from '@causeway/runtime/transport/port';
import { isDataError } from '../apply/data-error.ts';
import { applyBatches, type AppliedBatches } from './apply-batches.ts';
import { applyOrdered } from './ordered/apply-ordered.ts';
import { applyStaged } from './apply-staged.ts';
import { BatchAssembly, type ChangeBatch } from './assemble-batches.ts';
import { ContractsMoved } from '../evolve/contracts-moved.ts';
import { parseChange } from './change-message.ts';
import { decideAll, decideBatch, type Decision } from './decide-batches.ts';
import { searchBatch } from './search-batch.ts';
import { type Advance, checkGuard, guardStep } from './stream-guard.ts';
import type { StreamSession } from './stream-session.ts';
import { StagedParts } from './staged-parts.ts';

/** From so many keys on a batch takes seconds: meanwhile the target says that it is catching up. */
export const CATCHING_UP_KEYS = 200_000;

export interface StreamStep extends AppliedBatches {
  readonly batches: number;
  readonly changes: number;
  readonly skipped: number;
  readonly gap: boolean;
  readonly seconds: number;
  /** When the newest change that is visible now was first seen; null where none is. */
  readonly seenMs: number | null;
}

export class StreamLane {
  private readonly session: StreamSession;
  private readonly onStep: (step: StreamStep) => void;
  /** Parts of one batch that are held in memory; a larger batch is staged in temporary tables of the target. */
  private readonly heldBytes: number;
  private readonly assembly = new BatchAssembly();
  private readonly staged: StagedParts;

  constructor(session: StreamSession, onStep: (step: StreamStep) => void, heldBytes: number) {
    this.session = session;
    this.onStep = onStep;
    this.heldBytes = heldBytes;
    this.staged = new StagedParts(session);
  }

  /** The offset that is durable now. */
  async take(incoming: IncomingBatch): Promise<bigint> {
    failPoint('loader.after_fetch');
    let waiting: ChangeBatch[] = [];
    let after = this.session.position.nextOffset;
    for (const message of incoming.messages) {
      const part = this.parse(message.value, message.offset);
      if ('other' in part) {
        if (part.other === 'later') await this.evolve(part.header.version, waiting, this.assembly.resumeFrom(message.offset));
        // Another extractor, that was taken over, has sent it: whoever follows now covers what it holds.
        after = message.offset + 1n;
        continue;
      }
      const batch = this.assembly.add(part, message.offset);
      after = message.offset + 1n;
      if (batch?.spilled === true) {
        // The spilled batch may begin before this fetch: the offset stays where it is until it is applied too.
        await this.settle(waiting, this.session.position.nextOffset);
        waiting = [];
        await this.settleSpilled(batch, after);
      } else if (batch !== null) waiting.push(batch);
      else if (this.assembly.heldBytes > this.heldBytes) {
        await this.settle(waiting, this.assembly.resumeFrom(after));
        waiting = [];
        await this.spill(part.header);
      }
      if (incoming.signal.aborted) break;
    }
    const next = this.assembly.resumeFrom(after);
    if (!incoming.signal.aborted) await this.settle(waiting, next);
    return this.session.position.nextOffset;
  }

  private parse(value: Buffer, offset: bigint): ReturnType<typeof parseChange> {
    try {
      return parseChange(value, this.session.g, this.session.tables, this.session.version);
    } catch (error) {
      if (error instanceof Failure) throw new Failure(error.code, `offset ${offset} of the change stream: ${messageOf(error)}`, { cause: error });
      throw error;
    }
  }

  /** Everything before the change is applied by the contracts before; then the target changes, and another lane goes on. */
  private async evolve(to: number, waiting: readonly ChangeBatch[], next: bigint): Promise<never> {
    await this.settle(waiting, next);
    await this.session.evolve(to);
    throw new ContractsMoved();
  }

  private async spill(header: ChangeHeader): Promise<void> {
    const { parts, first } = this.assembly.spill();
    // A batch that is covered already, or that leaves a gap, will not be applied: its parts are not kept.
    if (decideBatch(this.session.position.applied, header) !== 'apply') return;
    if (first) await this.staged.begin();
    await this.staged.add(parts);
    failPoint('loader.after_stage');
    if (this.assembly.openKeys > CATCHING_UP_KEYS) await this.staged.sayCatchingUp();
  }

  private async settleSpilled(batch: ChangeBatch, next: bigint): Promise<void> {
    const started = performance.now();
    const decision = decideAll(this.session.position, [batch]);
    if (decision.apply.length === 0) return this.settle([batch], next);
    await this.staged.add(batch.parts);
    const advance = this.advance(decision, next);
    const applied = await retryingConflicts(() => (this.session.replica ? applyStaged : applyOrdered)(this.session, this.staged, advance));
    this.tell(decision, applied, started);
  }

  /** One transaction for all batches that wait; one by one where PostgreSQL refuses a row of them. */
  private async settle(batches: readonly ChangeBatch[], next: bigint): Promise<void> {
    const started = performance.now();
    const decision = decideAll(this.session.position, batches);
    const advance = this.advance(decision, next);
    if (decision.apply.length === 0) return this.moveOnly(decision, advance, started);
    if (!this.session.replica) return this.tell(decision, await this.each(decision, inGroups(decision.apply), next, (batches, to) => this.stageAndApply(batches, to)), started);
    let applied: AppliedBatches;
    try {
      applied = await retryingConflicts(() => applyBatches(this.session, decision.apply, advance));
    } catch (error) {
      if (!isDataError(error)) throw error;
      const single = decision.apply.map((batch) => [batch]);
      applied = await this.each(decision, single, next, ([batch], to) => searchBatch(this.session, batch as ChangeBatch, to));
    }
    this.tell(decision, applied, started);
  }

  /** One transaction a group. */
  private async each(decision: Decision<ChangeBatch>, groups: readonly (readonly ChangeBatch[])[], next: bigint, apply: (batches: readonly ChangeBatch[], to: Advance) => Promise<AppliedBatches>): Promise<AppliedBatches> {
    const total = { rows: 0, quarantined: 0 };
    for (const [i, group] of groups.entries()) {
      const last = i === groups.length - 1;
      const decided = decideAll(this.session.position, group);
      // Only the last one may move the offset: it stands behind all of them.
      const to = last ? this.advance({ ...decided, markerAttempt: decision.markerAttempt, gap: decision.gap }, next) : this.advance(decided, this.session.position.nextOffset);
      const applied = await retryingConflicts(() => apply(group, to));
      total.rows += applied.rows;
      total.quarantined += applied.quarantined;
    }
    return total;
  }

  private async stageAndApply(batches: readonly ChangeBatch[], to: Advance): Promise<AppliedBatches> {
    await this.staged.begin();
    for (const [i, batch] of batches.entries()) await this.staged.add(batch.parts, { again: i > 0 });
    return applyOrdered(this.session, this.staged, to);
  }

  private advance(decision: Decision<ChangeBatch>, nextOffset: bigint): Advance {
    const { applied, asOf, markerAttempt, seenMs, gap } = decision;
    const changes = decision.apply.reduce((sum, batch) => sum + batch.keys, 0);
    const before = this.session.position.resendFrom;
    const resendFrom = gap ? applied : decision.apply.length > 0 ? null : before;
    return { applied, asOf, markerAttempt, nextOffset, resendFrom, changes, seenMs };
  }

  /** Heartbeats, markers, repeats and gaps: only the position's row changes. */
  private async moveOnly(decision: Decision<ChangeBatch>, to: Advance, started: number): Promise<void> {
    const { position } = this.session;
    if (to.nextOffset === position.nextOffset && to.markerAttempt === position.markerAttempt && to.resendFrom === position.resendFrom) return;
    const [result] = await this.session.pipeline.run([guardStep(this.session, to)]);
    checkGuard(this.session, result);
    this.session.position = { ...to, epoch: this.session.epoch, catchingUp: to.asOf > to.applied };
    this.tell(decision, { rows: 0, quarantined: 0 }, started);
  }

  private tell(decision: Decision<ChangeBatch>, applied: AppliedBatches, started: number): void {
    const changes = decision.apply.reduce((sum, batch) => sum + batch.keys, 0);
    this.onStep({ ...applied, batches: decision.apply.length, changes, skipped: decision.skipped, gap: decision.gap, seenMs: decision.seenMs, seconds: (performance.now() - started) / 1000 });
  }
}

/** Staged together no more than this: their keys are looked up among the staged rows one by one. */
const GROUP_KEYS = 2_000;

/** Batches that can be staged together, the later version of a row over the earlier; one with rejects stays alone. */
function inGroups(batches: readonly ChangeBatch[]): ChangeBatch[][] {
  const groups: ChangeBatch[][] = [];
  let keys = 0;
  let open = false;
  for (const batch of batches) {
    const alone = batch.parts.some((part) => part.rejects.length > 0);
    keys += batch.keys;
    if (!open || alone || keys > GROUP_KEYS) {
      groups.push([]);
      keys = batch.keys;
    }
    groups.at(-1)?.push(batch);
    open = !alone;
  }
  return groups;
}
