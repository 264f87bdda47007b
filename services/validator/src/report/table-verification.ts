/** What the verification of one table found. */
import type { ExactCell } from '@causeway/contracts/source-value';

/**
 * - missing: a row of the source is not in the target
 * - extra: a row of the target is not in the source, or is in the quarantine
 * - changed: the same key, other values, in `columns`
 * - uncanonical: a value of the source, in `columns`, that its column's type does not admit, outside the quarantine
 * - quarantine: the quarantine names a row that the source does not have
 */
export type DifferenceKind = 'missing' | 'extra' | 'changed' | 'uncanonical' | 'quarantine';

export interface TableDifference {
  readonly kind: DifferenceKind;
  /** As the source holds it; a row of the target only, as PostgreSQL prints it. Without a key: `rowid`, or `ctid`. */
  readonly key: readonly ExactCell[];
  /** Source names of the columns that differ; empty where the whole row does. */
  readonly columns: readonly string[];
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
