/**
 * A batch of which PostgreSQL refuses a row: the same transaction again, with a search for the refused rows, which go
 * to the quarantine. Later good versions of them heal, as every changed key's entry is removed first.
 */
import { findRefused } from '../apply/find-refused.ts';
import type { ChangeBatch } from './assemble-batches.ts';
import type { ChangePart } from './change-message.ts';
import { type AppliedBatches, inStreamTransaction, prove, removeRows, settleQuarantine, StepList } from './apply-batches.ts';
import { demoteForeignKeys } from './demote-foreign-keys.ts';
import type { Step } from './pipeline.ts';
import { entryOfRefused } from './refused-entry.ts';
import { addEntries } from './stream-quarantine.ts';
import { type Advance, checkGuard } from './stream-guard.ts';
import type { StreamSession } from './stream-session.ts';
import type { StreamTable } from './stream-table.ts';

export async function searchBatch(session: StreamSession, batch: ChangeBatch, to: Advance): Promise<AppliedBatches> {
  return inStreamTransaction(session, to, async (begin) => {
    await removeAll(session, batch, begin);
    const steps = new StepList([]);
    for (const part of batch.parts) settleQuarantine(session, steps, part);
    for (const part of batch.parts) await insertAccepted(session, steps, part);
    for (const part of batch.parts) prove(session, steps, part);
    const results = await session.pipeline.run(steps.list);
    for (const [at, take] of steps.takers) take(results[at] as (typeof results)[number]);
    await demoteForeignKeys(session, steps.violated);
    for (const [table, change] of steps.quarantined) session.countQuarantined(table, change);
    return { rows: steps.inserted, quarantined: steps.added };
  });
}

async function removeAll(session: StreamSession, batch: ChangeBatch, begin: readonly Step[]): Promise<void> {
  const steps = new StepList(begin);
  for (const part of batch.parts) removeRows(session, steps, part);
  const results = await session.pipeline.run(steps.list);
  if (begin.length > 0) checkGuard(session, results[2]);
}

async function insertAccepted(session: StreamSession, steps: StepList, part: ChangePart): Promise<void> {
  if (part.table === null || part.rows === null) return;
  const tuples = part.table.rows.tupleList(part.rows);
  const refused = await findRefused(session.client, part.table.contract, tuples);
  steps.inserted += tuples.length - refused.length;
  if (refused.length === 0) return;
  const { table } = part.table.contract;
  const cells = part.cells();
  steps.add(addEntries(session.g, table, refused.map((row) => entryOfRefused(part.table as StreamTable, part, tuples[row.place] as Buffer, row, cells))));
  steps.countQuarantined(table, refused.length);
}
