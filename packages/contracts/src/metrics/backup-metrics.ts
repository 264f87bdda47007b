/** What the backup job tells. */
import { counter, gauge } from './metric.ts';

export const BACKUP_METRICS = {
  backup_last_success_timestamp_seconds: gauge('Unix time at which the newest backup was complete; NaN before the first.'),
  backup_last_verified_timestamp_seconds: gauge('Unix time at which a backup was last restored into a scratch database and found equal; NaN before the first.'),
  backup_last_verified: gauge('1 where the newest backup was restored and found equal, else 0.'),
  backup_last_size_bytes: gauge('Bytes of the newest backup on disk; NaN before the first.'),
  backup_last_duration_seconds: gauge('Duration of the newest backup with its proof; NaN before the first.'),
  backup_failures_total: counter('Backups that failed since this process began.'),
  backups_kept: gauge('Backups that are kept.'),
} as const;
