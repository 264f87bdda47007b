/** Rows of the source whose `column` lies between the bounds, both included; without a column, all rows. */
export interface Slice {
  readonly column: string | null;
  readonly low: bigint;
  readonly high: bigint;
}

export const WHOLE_TABLE: Slice = { column: null, low: 0n, high: 0n };
