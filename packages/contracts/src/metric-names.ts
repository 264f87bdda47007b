/** Names of all metrics, with unit and help; dashboards, alerts and docs are checked against this list. */
export const METRICS = {
  extractor_rows_published_total: 'Rows acknowledged by the transport.',
  extractor_rows_rejected_total: 'Rows sent to the quarantine by the extractor.',
  extractor_bytes_published_total: 'Bytes of block messages acknowledged by the transport.',
  extractor_ranges_published_total: 'Key ranges acknowledged by the transport.',
  extractor_credit_bytes: 'Bytes that the reader may still hand over before it waits.',
  loader_rows_loaded_total: 'Rows committed in PostgreSQL.',
  loader_rows_quarantined_total: 'Rows committed to the quarantine.',
  loader_blocks_skipped_total: 'Repeated blocks that were already committed.',
  loader_transactions_total: 'Committed load transactions.',
  loader_bytes_consumed_total: 'Bytes of block messages consumed.',
  loader_changes_applied_total: 'Changed keys committed in PostgreSQL.',
  loader_change_batches_total: 'Batches of the change stream that were applied.',
  loader_change_batches_skipped_total: 'Batches that the position covered already.',
  loader_change_gaps_total: 'Times that the change stream left a gap, which the extractor was asked to fill.',
  loader_change_lag_seconds: 'From the first sight of a change to its commit in PostgreSQL, at the last batch.',
  loader_change_apply_seconds: 'Duration of the last transaction of the change stream.',
  extractor_back_queue_entries: 'Entries that wait in the queue of the way back.',
  extractor_back_lag_seconds: 'Age of the oldest entry in the queue of the way back, 0 without one.',
  extractor_back_problems: 'Reasons why one cannot go back without losing something.',
  extractor_back_keys_published: 'Keys published for SQLite by this process.',
  loader_back_rows_total: 'Rows written or deleted in SQLite by the way back.',
  loader_back_cells_total: 'Cells written in SQLite by the way back; equal ones keep their bytes.',
  loader_back_batches_skipped_total: 'Batches of an earlier cutover or publisher that were not applied to SQLite.',
  loader_back_lag_seconds: 'From a write in PostgreSQL, or a heartbeat, to its arrival in SQLite, at the last one.',
  validator_rows_verified_total: 'Rows compared on both sides.',
  validator_tables_verified_total: 'Tables compared on both sides.',
  validator_mismatches_total: 'Rows found different, missing or extra.',
  validator_source_rows: 'Rows in the source at the last comparison.',
  validator_target_rows: 'Rows in the target at the last comparison.',
  validator_quarantined_rows: 'Rows in the quarantine at the last comparison.',
  validator_equal: '1 where source = target + quarantine at the last comparison, else 0.',
} as const;

export type MetricName = `causeway_${keyof typeof METRICS}`;

export function metricName(name: keyof typeof METRICS): MetricName {
  return `causeway_${name}`;
}
