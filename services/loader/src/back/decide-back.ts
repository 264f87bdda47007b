/**
 * Whether rows that come back are written to SQLite, by SQLite's own facts, read in the transaction that would write them
 * (rule 27 of the protocol). Pure.
 *
 * - an epoch that another reader has taken over: never
 * - under the fence: of that cutover and of rollbacks since, which have attempts of their own above it, until they lift it
 * - without a fence: what is over is passed by; anything else means that the fence is lost, and nothing may go on
 */
import type { ChangeHeader } from '@causeway/contracts/live/change-part';

/** 'stop': the batch is neither written nor passed by. */
export type BackVerdict = 'apply' | 'skip' | 'stop';

export interface BackFacts {
  /** Newest epoch that has written. */
  readonly epoch: bigint;
  /** Attempt whose fence stands, 0 without. */
  readonly fence: bigint;
  readonly lifted: bigint;
}

export function decideBack(facts: BackFacts, header: Pick<ChangeHeader, 'epoch' | 'fence'>): BackVerdict {
  // Invariant: I78
  if (header.epoch < facts.epoch) return 'skip';
  if (facts.fence !== 0n) return header.fence >= facts.fence ? 'apply' : 'skip';
  return header.fence <= facts.lifted ? 'skip' : 'stop';
}
