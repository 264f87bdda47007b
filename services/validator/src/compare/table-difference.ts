/** One finding: which row, and where it differs. */
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
