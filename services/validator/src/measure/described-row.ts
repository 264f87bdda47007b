/** A row of either side, as far as a difference needs it. */
import type { ExactCell } from '@causeway/contracts/source-value';

export interface DescribedRow {
  /** What it is matched by with the other side. */
  readonly match: bigint;
  readonly digest: bigint;
  /** Its key in the terms of the source, or its rowid. */
  readonly key: readonly ExactCell[];
  /** Element digest of each column of the contract: equal digests, equal cells. */
  readonly elements: readonly bigint[];
}
