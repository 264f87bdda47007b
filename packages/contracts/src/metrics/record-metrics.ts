/**
 * What stands in the control record. Every service tells it, so that it is seen as long as one of them lives: queries take
 * the maximum over services.
 */
import { counter, gauge, histogram } from './metric.ts';

/** A fence is a fraction of a second; the rest is for what went wrong. */
const FENCE_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300];

export const RECORD_METRICS = {
  migration_phase: gauge('1 for the phase that the migration is in, 0 for all others.', 'phase'),
  migration_phase_age_seconds: gauge('Time since the migration came into its phase.'),
  migration_authoritative: gauge('1 for the side where applications write (sqlite, postgresql, nobody), else 0.', 'side'),
  migration_attempt: gauge('Number of the last cutover or rollback.'),
  migration_applied_position: gauge('Newest log id whose effects are committed in the target.'),
  migration_catching_up: gauge('1 while the target is applying a backlog and is no committed state of the source, else 0.'),
  migration_quarantined_rows: gauge('Rows that stand in the quarantine.', 'table'),
  migration_open_divergences: gauge('Divergences that stand open in the record.'),
  migration_verification_equal: gauge('1 where the last whole verification found everything equal, else 0; NaN before the first.'),
  migration_verification_age_seconds: gauge('Time since the last whole verification; NaN before the first.'),
  migration_service_beat_age_seconds: gauge('Time since a service has last told that it lives.', 'of'),
  migration_gate_green: gauge('1 where a gate of the next cutover or rollback is green, else 0.', 'goal', 'gate'),
  migration_step_seconds: gauge('Duration of a step of the last attempt, until now while it runs.', 'step'),
  migration_step_running: gauge('1 while a step of the last attempt runs, else 0.', 'step'),
  migration_fence_held_seconds: gauge('Time for which nobody can write by now; 0 while one side is open.'),
  migration_fence_last_seconds: gauge('Time for which nobody could write at the last cutover or rollback.', 'direction'),
  migration_fence_seconds: histogram('Time for which nobody could write, over all cutovers and rollbacks of the record.', FENCE_BUCKETS, 'direction'),
  migration_back_armed: gauge('1 where every table of the target has the triggers of the way back, else 0.'),
  migration_back_problems: gauge('Reasons why one cannot go back without losing something.', 'kind'),
  migration_record_reads_total: counter('Readings of the control record for these metrics.', 'result'),
  migration_target_reachable: gauge('1 where the target has answered at this scrape, else 0.'),
} as const;
