/**
 * Applies whole batches in one transaction, in the order of the source's commits. All rows of a batch's keys are removed
 * before any is inserted, so unique swaps, cycles and self references need no order of their own; the changed keys'
 * foreign keys are proved before the COMMIT. Two round trips: everything up to the proof, and the COMMIT.
 */
import { failPoint } from '@causeway/runtime/fail-point';
import { columnArrays } from './binary-arrays.ts';
import type { ChangePart } from './change-message.ts';
import type { ChangeBatch } from './assemble-batches.ts';
import { COPY_HEADER, COPY_TRAILER, copyStatement } from '../apply/copy-binary.ts';
import { demoteForeignKeys } from './demote-foreign-keys.ts';
import type { Step, StepResult } from './pipeline.ts';
import { addEntries, entryOf, removeEntries } from './stream-quarantine.ts';
import { type Advance, buildLockStep, checkGuard, guardStep } from './stream-guard.ts';
import type { StreamSession } from './stream-session.ts';
import type { StreamTable } from './stream-table.ts';

export interface AppliedBatches {
  readonly rows: number;
  readonly quarantined: number;
}

/** Throws FENCED, or PostgreSQL's error after a rollback. */
export async function applyBatches(session: StreamSession, batches: readonly ChangeBatch[], to: Advance): Promise<AppliedBatches> {
  return inStreamTransaction(session, to, (begin) => applyAll(session, batches, begin));
}

/** Runs `work` between the guard and the COMMIT. `begin` holds the steps that its first pipeline starts with. */
export async function inStreamTransaction<T>(session: StreamSession, to: Advance, work: (begin: readonly Step[]) => Promise<T>): Promise<T> {
  try {
    let begin: readonly Step[] = [{ text: 'BEGIN', prepared: true }, buildLockStep(session), guardStep(session, to)];
    if (!session.built) {
      // Constraints may have been made since the last transaction; from here to the COMMIT nobody makes any.
      checkGuard(session, (await session.pipeline.run(begin))[GUARD_AT]);
      await session.readCatalogue();
      begin = [];
    }
    if (session.reloading.length > 0) {
      // Invariant: I99
      if (begin.length > 0) checkGuard(session, (await session.pipeline.run(begin))[GUARD_AT]);
      begin = [];
      await session.clearReloading();
    }
    const result = await work(begin);
    failPoint('loader.before_commit');
    await session.pipeline.run([{ text: 'COMMIT', prepared: true }]);
    failPoint('loader.after_commit');
    session.settleCounts(true);
    session.reloading = [];
    session.position = { ...to, epoch: session.epoch, catchingUp: to.asOf > to.applied };
    return result;
  } catch (error) {
    // Of a connection that is gone too; then this fails as well and changes nothing.
    await session.pipeline.rollback().catch(() => {});
    session.settleCounts(false);
    throw error;
  }
}

const GUARD_AT = 2;

async function applyAll(session: StreamSession, batches: readonly ChangeBatch[], begin: readonly Step[]): Promise<AppliedBatches> {
  const steps = new StepList(begin);
  for (const batch of batches) {
    // Invariant: I51
    for (const part of batch.parts) removeRows(session, steps, part);
    for (const part of batch.parts) insertRows(steps, part);
    for (const part of batch.parts) settleQuarantine(session, steps, part);
  }
  for (const batch of batches) for (const part of batch.parts) prove(session, steps, part);
  const results = await session.pipeline.run(steps.list);
  if (begin.length > 0) checkGuard(session, results[GUARD_AT]);
  for (const [at, take] of steps.takers) take(results[at] as StepResult);
  await demoteForeignKeys(session, steps.violated);
  for (const [table, change] of steps.quarantined) session.countQuarantined(table, change);
  return { rows: steps.inserted, quarantined: steps.added };
}

/** Steps of a pipeline, and what to do with their results. */
export class StepList {
  readonly list: Step[];
  readonly takers: [number, (result: StepResult) => void][] = [];
  readonly violated = new Set<string>();
  readonly quarantined = new Map<number, number>();
  inserted = 0;
  added = 0;

  constructor(begin: readonly Step[]) {
    this.list = [...begin];
  }

  add(step: Step, take?: (result: StepResult) => void): void {
    if (take !== undefined) this.takers.push([this.list.length, take]);
    this.list.push(step);
  }

  countQuarantined(table: number, change: number): void {
    this.quarantined.set(table, (this.quarantined.get(table) ?? 0) + change);
    if (change > 0) this.added += change;
  }
}

const keyArrays = new WeakMap<ChangePart, readonly Buffer[]>();

/** The part's keys as parameters; made once, for the removal and for the proof. */
export function keysOf(part: ChangePart, table: StreamTable): readonly Buffer[] {
  let arrays = keyArrays.get(part);
  if (arrays === undefined) {
    arrays = part.keys === null ? [] : columnArrays(part.keys.tuples, part.keys.starts, table.key.map((column) => column.type.oid));
    keyArrays.set(part, arrays);
  }
  return arrays;
}

export function removeRows(session: StreamSession, steps: StepList, part: ChangePart): void {
  if (part.table === null || part.keys === null) return;
  steps.add({ text: session.statementsOf(part.table).remove, prepared: true, values: keysOf(part, part.table) });
}

function insertRows(steps: StepList, part: ChangePart): void {
  if (part.table === null || part.rows === null) return;
  const tuples = part.table.rows.tuples(part.rows, (bytes) => Buffer.allocUnsafe(bytes));
  steps.add({ text: copyStatement(part.table.contract), prepared: true, copy: [COPY_HEADER, tuples, COPY_TRAILER] });
  steps.inserted += part.rows.count;
}

export function settleQuarantine(session: StreamSession, steps: StepList, part: ChangePart): void {
  if (part.table === null) return;
  const { table } = part.table.contract;
  // Also where an earlier batch of this very transaction has put one in.
  const any = (session.quarantined.get(table) ?? 0) > 0 || steps.quarantined.has(table);
  const cells = any ? part.cells() : [];
  // Invariant: I52
  if (cells.length > 0) steps.add(removeEntries(session.g, table, cells), (result) => steps.countQuarantined(table, -result.count));
  if (part.rejects.length === 0) return;
  steps.add(addEntries(session.g, table, part.rejects.map(entryOf)));
  steps.countQuarantined(table, part.rejects.length);
}

export function prove(session: StreamSession, steps: StepList, part: ChangePart): void {
  if (part.table === null || part.keys === null) return;
  const { prove: text } = session.statementsOf(part.table);
  if (text === null || !session.replica) return;
  steps.add({ text, prepared: true, values: keysOf(part, part.table) }, (result) => {
    for (const [oid] of result.rows) steps.violated.add(oid as string);
  });
}
