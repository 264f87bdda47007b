/**
 * The ledger's lines, JSON each. An intent stands before its COMMIT is sent, what became of it after the answer; an intent
 * without an end is a write of unknown outcome, which the database's own table `writes` tells.
 */
import type { Op } from '../world.ts';

export interface StartLine {
  readonly s: { readonly seed: number; readonly workers: number; readonly ballast: number };
}
export interface IntentLine {
  /** Number of the transaction: grows with each, over all starts of the application. */
  readonly i: number;
  readonly w: number;
  readonly p: 'sqlite' | 'postgres';
  readonly k: string;
  readonly o: readonly Op[];
}
/** Acknowledged, at milliseconds since 1970. */
export interface AckLine {
  readonly a: number;
  readonly t: number;
}
/** Certainly not committed. */
export interface NotDoneLine {
  readonly x: number;
}
/** The outcome was unknown, and was found out. */
export interface FoundLine {
  readonly r: number;
  readonly f: boolean;
}
/** A statement found other rows than the ledger says. */
export interface AnomalyLine {
  readonly e: number;
  readonly m: string;
}

export type LedgerLine = StartLine | IntentLine | AckLine | NotDoneLine | FoundLine | AnomalyLine;
