/**
 * What a reading of the source collects. A slice may be begun again in a slower mode, so everything since the last
 * `keep` is dropped by `begin`.
 */
import type { RawRow, RowReading } from './row-reading.ts';

export interface ScanTask<Result> {
  /** A slice begins, perhaps again. */
  begin(): void;
  /** A row outside the quarantine, digested and finished in `reading.row`. */
  row(reading: RowReading, cells: RawRow): void;
  /** A row with a value that has no canonical form, in `reading.failed`. Comes in exact mode only. */
  uncanonical(reading: RowReading, cells: RawRow): void;
  quarantined(): void;
  /** The slice was read to its end. */
  keep(): void;
  result(): Result;
}
