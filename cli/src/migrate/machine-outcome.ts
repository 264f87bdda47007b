/** The last line of `migrate --json` and `verify --json`: stable, documented in docs/machine-interface.md. */
import { FAILURES, type FailureCode } from '@causeway/contracts/failures';
import type { StoredVerification } from './stored-verification.ts';

export type Verdict = 'equal' | 'equal_with_quarantine' | 'different' | 'failed';

export interface OutcomeTable {
  readonly source: string;
  readonly target: string;
  readonly sourceRows: number;
  readonly targetRows: number;
  readonly quarantinedRows: number;
  readonly equal: boolean;
  /** Values that are others because a policy of the plan says so; absent where there are none. */
  readonly explained?: readonly { readonly column: string; readonly policy: string; readonly values: number }[];
}

export interface MachineOutcome {
  readonly verdict: Verdict;
  readonly tables: readonly OutcomeTable[];
  /** Wall seconds by part. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly code?: FailureCode;
  readonly message?: string;
  readonly remedy?: string;
  /** Peak resident memory by service. */
  readonly rssMiB?: Readonly<Record<string, number>>;
  /** Path of the HTML report. */
  readonly report?: string;
}

export function failedOutcome(code: FailureCode, message: string, seconds: Readonly<Record<string, number>> = {}): MachineOutcome {
  return { verdict: 'failed', tables: [], seconds, code, message, remedy: FAILURES[code].remedy };
}

/** 0 proved equal; 1 a difference, or a quarantine that was not accepted. */
export function exitCodeOfVerdict(verdict: Verdict, acceptQuarantine: boolean): number {
  if (verdict === 'equal') return 0;
  if (verdict === 'equal_with_quarantine') return acceptQuarantine ? 0 : 1;
  return verdict === 'different' ? 1 : 3;
}

export function outcomeOf(verification: StoredVerification, seconds: Readonly<Record<string, number>>): MachineOutcome {
  const tables = verification.tables.map(({ source, target, sourceRows, targetRows, quarantinedRows, equal, explained = [] }) => ({ source, target, sourceRows, targetRows, quarantinedRows, equal, ...(explained.length === 0 ? {} : { explained }) }));
  return { verdict: verification.verdict, tables, seconds };
}
