/** What wakes somebody about the server that is in production from the switch on, and about its backups. */
import type { Alert } from './alert.ts';

export const POSTGRES_ALERTS: readonly Alert[] = [
  {
    name: 'PostgresDown',
    severity: 'critical',
    for: '1m',
    // An exporter whose server refuses tries for some seconds, and may miss the scrape with it.
    expr: () => 'pg_up == 0 or up{job="postgres"} == 0',
    summary: 'PostgreSQL does not answer its exporter',
    description: 'The exporter at {{ $labels.instance }} cannot reach its server, or does not answer itself.',
    fires: { 'pg_up{instance="p"}': '0x60' },
    silent: { 'pg_up{instance="p"}': '1x60' },
  },
  {
    name: 'PostgresConnectionsHigh',
    severity: 'warning',
    for: '5m',
    expr: () => 'sum by (instance) (pg_stat_activity_count) / max by (instance) (pg_settings_max_connections) > 0.8',
    summary: 'PostgreSQL runs out of connections',
    description: '{{ $value | humanizePercentage }} of the connections of {{ $labels.instance }} are in use.',
    fires: { 'pg_stat_activity_count{instance="p",state="active"}': '90x60', 'pg_settings_max_connections{instance="p"}': '100x60' },
    silent: { 'pg_stat_activity_count{instance="p",state="active"}': '20x60', 'pg_settings_max_connections{instance="p"}': '100x60' },
  },
  {
    name: 'PostgresBlocked',
    severity: 'warning',
    for: '2m',
    expr: () => 'max by (instance) (pg_blocked_sessions_longest_seconds) > 30',
    summary: 'Sessions of PostgreSQL wait for a lock',
    description: 'A session of {{ $labels.instance }} has waited for a lock for {{ $value | humanizeDuration }}.',
    fires: { 'pg_blocked_sessions_longest_seconds{instance="p"}': '0+60x60' },
    silent: { 'pg_blocked_sessions_longest_seconds{instance="p"}': '0x60' },
  },
  {
    name: 'PostgresReplicaLag',
    severity: 'warning',
    for: '5m',
    expr: () => 'max by (instance, application_name) (pg_replica_lag_bytes) > 67108864',
    summary: 'A replica is behind',
    description: 'The replica {{ $labels.application_name }} is {{ $value | humanize1024 }}B behind {{ $labels.instance }}.',
    fires: { 'pg_replica_lag_bytes{instance="p",application_name="standby"}': '100000000x60' },
    silent: { 'pg_replica_lag_bytes{instance="p",application_name="standby"}': '1000x60' },
  },
  {
    name: 'CausewayBackupTooOld',
    severity: 'critical',
    for: '10m',
    // Before the first backup the time is NaN, which is not equal to itself.
    expr: ({ age }) => `time() - max by (instance) (causeway_backup_last_success_timestamp_seconds) > ${age('26h')} or max by (instance) (causeway_backup_last_success_timestamp_seconds) != max by (instance) (causeway_backup_last_success_timestamp_seconds)`,
    summary: 'There is no backup of today',
    description: 'The newest backup that {{ $labels.instance }} knows of is older than 26 hours, or there is none.',
    fires: { 'causeway_backup_last_success_timestamp_seconds{instance="b"}': '-200000x60' },
    silent: { 'causeway_backup_last_success_timestamp_seconds{instance="b"}': '0+60x60' },
  },
  {
    name: 'CausewayBackupUnproved',
    severity: 'warning',
    for: '1h',
    expr: () => 'max by (instance) (causeway_backup_last_verified) == 0',
    summary: 'The newest backup was not restored and compared',
    description: 'The newest backup that {{ $labels.instance }} knows of has no proof that it can be restored.',
    fires: { 'causeway_backup_last_verified{instance="b"}': '0x120' },
    silent: { 'causeway_backup_last_verified{instance="b"}': '0 0 1x120' },
  },
];
