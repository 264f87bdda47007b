/** What the validator tells: what it has compared, what differs, and how old its knowledge is. */
import { counter, gauge } from './metric.ts';

export const VALIDATOR_METRICS = {
  validator_rows_verified_total: counter('Rows compared on both sides.'),
  validator_tables_verified_total: counter('Tables compared on both sides.'),
  validator_mismatches_total: counter('Rows found different, missing or extra.'),
  validator_source_rows: gauge('Rows in the source at the last comparison.', 'table'),
  validator_target_rows: gauge('Rows in the target at the last comparison.', 'table'),
  validator_quarantined_rows: gauge('Rows in the quarantine at the last comparison.', 'table'),
  validator_explained_differences: gauge('Values that differ because a policy of the plan says so, at the last comparison.', 'table', 'policy'),
  validator_oldest_unverified_seconds: gauge('Age of the oldest change that is not verified yet; NaN while nobody knows.'),
  validator_unverified_changes: gauge('Changes that are not verified yet.'),
  validator_verified_position: gauge('Log id up to which every change is verified.'),
  validator_source_position: gauge('Newest log id of the source.'),
  validator_target_position: gauge('Newest log id that the target has applied.'),
  validator_lag_changes: gauge('Log ids that the target has not applied yet.'),
  validator_pass_seconds: gauge('Duration of the last pass over every row; NaN before the first.'),
  validator_pass_age_seconds: gauge('Time since the last pass over every row ended; NaN before the first.'),
  validator_passes: gauge('Passes over every row since the source became, or stayed, the primary.'),
  validator_open_divergences: gauge('Rows that differ at one position and were not found equal since.'),
  validator_capture_lost: gauge('1 where something of the capture in SQLite is missing, so that changes may pass unseen; else 0.'),
  validator_source_touched: gauge('1 while something stands in SQLite that passed its fence, such as a table that was made or dropped; whatever it is called stands in status and log.'),
  validator_equal: gauge('1 where source = target + quarantine at the last comparison, else 0.', 'table'),
} as const;
