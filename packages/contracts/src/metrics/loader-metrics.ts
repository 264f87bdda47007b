/** What the loader tells: the snapshot it loads, the change stream it applies, and what it writes back into SQLite. */
import { counter, gauge, histogram } from './metric.ts';

/** From a small batch on a quiet server to a batch of a million keys. */
const APPLY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

export const LOADER_METRICS = {
  loader_rows_loaded_total: counter('Rows committed in PostgreSQL.'),
  loader_rows_quarantined_total: counter('Rows committed to the quarantine.'),
  loader_blocks_skipped_total: counter('Repeated blocks that were already committed.'),
  loader_transactions_total: counter('Committed load transactions.'),
  loader_transaction_seconds: histogram('Duration of a load transaction, from BEGIN to COMMIT.', APPLY_BUCKETS),
  loader_copy_seconds: histogram('Duration of the COPYs of a load transaction.', APPLY_BUCKETS),
  loader_bytes_consumed_total: counter('Bytes of block messages consumed.'),
  loader_changes_applied_total: counter('Changed keys committed in PostgreSQL.'),
  loader_change_batches_total: counter('Batches of the change stream that were applied.'),
  loader_change_batches_skipped_total: counter('Batches that the position covered already.'),
  loader_change_gaps_total: counter('Times that the change stream left a gap, which the extractor was asked to fill.'),
  loader_change_lag_seconds: gauge('From the first sight of a change to its commit in PostgreSQL, at the last batch.'),
  loader_change_apply_seconds: histogram('Duration of a transaction that merges batches of the change stream.', APPLY_BUCKETS),
  loader_back_rows_total: counter('Rows written or deleted in SQLite by the way back.'),
  loader_back_cells_total: counter('Cells written in SQLite by the way back; equal ones keep their bytes.'),
  loader_back_batches_skipped_total: counter('Batches of an earlier cutover or publisher that were not applied to SQLite.'),
  loader_back_lag_seconds: gauge('From a write in PostgreSQL, or a heartbeat, to its arrival in SQLite, at the last one.'),
} as const;
