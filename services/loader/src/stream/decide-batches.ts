/**
 * What becomes of batches as they come, by the position alone (rule 6 of the protocol). Pure.
 *
 * - `to` at or before the position: covered, skipped
 * - `from` at or before the position: applied whole, also where it overlaps; the position becomes `to`
 * - `from` behind the position: something is missing in between; never applied, asked for again
 */
import type { ChangeHeader } from '@causeway/contracts/live/change-part';

export type Verdict = 'apply' | 'skip' | 'gap';

export function decideBatch(applied: bigint, header: Pick<ChangeHeader, 'from' | 'to'>): Verdict {
  // Invariant: I49
  if (header.to <= applied) return 'skip';
  return header.from <= applied ? 'apply' : 'gap';
}

/** What a run of batches leads to, starting from a position. */
export interface Decision<Batch> {
  readonly apply: readonly Batch[];
  readonly skipped: number;
  readonly applied: bigint;
  readonly asOf: bigint;
  readonly markerAttempt: bigint;
  /** The last of them left a gap. */
  readonly gap: boolean;
  readonly seenMs: number | null;
}

export interface DecidedBatch {
  readonly header: Pick<ChangeHeader, 'from' | 'to' | 'asOf' | 'kind' | 'fence' | 'seenMs'>;
}

export function decideAll<Batch extends DecidedBatch>(position: { applied: bigint; asOf: bigint; markerAttempt: bigint }, batches: readonly Batch[]): Decision<Batch> {
  const apply: Batch[] = [];
  let { applied, asOf, markerAttempt } = position;
  let skipped = 0;
  let gap = false;
  let seenMs: number | null = null;
  for (const batch of batches) {
    const { header } = batch;
    const verdict = decideBatch(applied, header);
    gap = verdict === 'gap';
    if (verdict === 'apply') {
      apply.push(batch);
      applied = header.to;
      if (header.asOf > asOf) asOf = header.asOf;
      if (applied > asOf) asOf = applied;
      seenMs = header.seenMs;
    } else if (verdict === 'skip' && header.kind === 'changes') skipped++;
    // A marker proves the drain of its attempt only once everything up to its end is applied (rule 22).
    if (header.kind === 'marker' && verdict !== 'gap' && header.to <= applied && header.fence > markerAttempt) markerAttempt = header.fence;
  }
  return { apply, skipped, applied, asOf, markerAttempt, gap, seenMs };
}
