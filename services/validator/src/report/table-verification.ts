/** What the verification of one table found. */
import type { MisfitPolicy } from '@causeway/contracts/table-contract';
import type { TableDifference } from '../compare/table-difference.ts';

/** Values of a column that differ because the plan says so. */
export interface ExplainedDifference {
  readonly column: string;
  readonly policy: MisfitPolicy;
  readonly values: number;
}

export interface TableVerification {
  readonly table: number;
  readonly source: string;
  readonly target: string;
  readonly sourceRows: number;
  readonly targetRows: number;
  readonly quarantinedRows: number;
  /** Every cell outside the quarantine was compared and is equal, and no row is unaccounted for. */
  readonly equal: boolean;
  readonly explained: readonly ExplainedDifference[];
  /** Sum of the row digests modulo 2^64, 16 hex digits. Rows in the quarantine are not in it. */
  readonly digestSource: string;
  readonly digestTarget: string;
  /** The first of them. */
  readonly differences: readonly TableDifference[];
  readonly differenceCount: number;
  /** False where so much differs that not every difference was counted: the count is then the least that there are. */
  readonly countIsExact: boolean;
  readonly seconds: number;
}
