/** The server that is in production from the switch on: by postgres_exporter with ops/postgres-exporter/queries.yaml. */
import { ANY_IS_BAD, type Dashboard, fallsTo, type Panel, PLAIN, risesTo, type Row, type Variable } from '../panel.ts';

const R = '[$__rate_interval]';
const S = 'instance=~"$instance"';
const D = `${S},datname=~"$database"`;
const line = (panel: Omit<Panel, 'kind' | 'width'> & { readonly width?: number }): Panel => ({ kind: 'timeseries', width: 8, ...panel });

const VARIABLES: readonly Variable[] = [
  { name: 'instance', label: 'Server', query: 'label_values(pg_up, instance)' },
  { name: 'database', label: 'Database', query: 'label_values(pg_stat_database_xact_commit{instance=~"$instance",datname!~"template.*"}, datname)' },
];

const STANDS: Row = {
  title: 'Where it stands',
  panels: [
    { title: 'Server', description: 'Whether the exporter reaches it.', kind: 'stat', unit: 'none', width: 4, words: { 0: { text: 'down', color: 'red' }, 1: { text: 'up', color: 'green' } }, runbook: 'postgres-down', queries: [{ expr: `min(pg_up{${S}})` }] },
    { title: 'Connections in use', description: 'Of max_connections.', kind: 'stat', unit: 'percentunit', width: 4, thresholds: risesTo(0.6, 0.8), runbook: 'postgres-connections-high', queries: [{ expr: `sum(pg_stat_activity_count{${S}}) / max(pg_settings_max_connections{${S}})` }] },
    { title: 'Cache hits', description: 'Blocks that were in shared_buffers. Below 0.99 on a busy server more memory helps.', kind: 'stat', unit: 'percentunit', width: 4, thresholds: fallsTo(0.99, 0.9), queries: [{ expr: `sum(pg_stat_database_blks_hit{${D}}) / (sum(pg_stat_database_blks_hit{${D}}) + sum(pg_stat_database_blks_read{${D}}))` }] },
    { title: 'Sessions that wait for a lock', description: 'Now.', kind: 'stat', unit: 'short', width: 4, thresholds: risesTo(1, 10), runbook: 'postgres-blocked', queries: [{ expr: `max(pg_blocked_sessions_count{${S}})` }] },
    { title: 'Newest backup', description: 'Its age. The alert comes at 26 hours.', kind: 'stat', unit: 's', width: 4, thresholds: risesTo(90_000, 93_600), runbook: 'backup-too-old', queries: [{ expr: 'time() - max(causeway_backup_last_success_timestamp_seconds)' }] },
    { title: 'Replicas', description: 'Standbys and other receivers of the write-ahead log.', kind: 'stat', unit: 'short', width: 4, thresholds: PLAIN, runbook: 'postgres-replica-lag', queries: [{ expr: `max(pg_replicas_count{${S}})` }] },
  ],
};

const LOAD: Row = {
  title: 'Load',
  panels: [
    line({ title: 'Connections', description: 'By state. Idle in transaction for long holds locks and vacuum back.', unit: 'short', runbook: 'postgres-connections-high', queries: [{ expr: `sum by (state) (pg_stat_activity_count{${D}})`, legend: '{{state}}' }, { expr: `max(pg_settings_max_connections{${S}})`, legend: 'max_connections' }] }),
    line({ title: 'Transactions', description: 'Committed and rolled back, a second.', unit: 'ops', queries: [{ expr: `sum(rate(pg_stat_database_xact_commit{${D}}${R}))`, legend: 'committed' }, { expr: `sum(rate(pg_stat_database_xact_rollback{${D}}${R}))`, legend: 'rolled back' }] }),
    line({ title: 'Rows', description: 'Rows read and written, a second.', unit: 'ops', queries: [{ expr: `sum(rate(pg_stat_database_tup_fetched{${D}}${R}))`, legend: 'fetched' }, { expr: `sum(rate(pg_stat_database_tup_inserted{${D}}${R}))`, legend: 'inserted' }, { expr: `sum(rate(pg_stat_database_tup_updated{${D}}${R}))`, legend: 'updated' }, { expr: `sum(rate(pg_stat_database_tup_deleted{${D}}${R}))`, legend: 'deleted' }] }),
    { title: 'Slow queries: where the time goes', description: 'Seconds of execution a second, of the statements that have cost most (pg_stat_statements).', kind: 'timeseries', unit: 's', width: 12, height: 10, queries: [{ expr: `topk(10, sum by (queryid, query) (rate(pg_statements_seconds_total{${S}}${R})))`, legend: '{{query}}' }] },
    { title: 'Slow queries: mean time', description: 'Mean time of an execution. `causeway advise` names what to do about it.', kind: 'table', unit: 's', width: 12, height: 10, queries: [{ expr: `topk(10, max by (queryid, query) (pg_statements_mean_seconds{${S}}))`, legend: '{{query}}' }] },
    line({ title: 'Calls of these queries', description: 'Executions a second, of the statements that have cost most.', unit: 'ops', queries: [{ expr: `sum(rate(pg_statements_calls_total{${S}}${R}))`, legend: 'calls' }, { expr: `sum(rate(pg_statements_rows_total{${S}}${R}))`, legend: 'rows' }] }),
    line({ title: 'Cache', description: 'Blocks found in shared_buffers and read from outside, a second.', unit: 'ops', queries: [{ expr: `sum(rate(pg_stat_database_blks_hit{${D}}${R}))`, legend: 'hit' }, { expr: `sum(rate(pg_stat_database_blks_read{${D}}${R}))`, legend: 'read' }] }),
    line({ title: 'Temporary files', description: 'Bytes that sorts and hashes have written because work_mem was too small, a second.', unit: 'Bps', queries: [{ expr: `sum(rate(pg_stat_database_temp_bytes{${D}}${R}))`, legend: 'written' }] }),
  ],
};

const LOCKS: Row = {
  title: 'Locks',
  panels: [
    line({ title: 'Locks', description: 'Held and asked for, by mode.', unit: 'short', queries: [{ expr: `sum by (mode) (pg_locks_count{${D}})`, legend: '{{mode}}' }] }),
    line({ title: 'Waiting', description: 'Longest wait of a session for a lock.', unit: 's', thresholds: risesTo(5, 30), runbook: 'postgres-blocked', queries: [{ expr: `max(pg_blocked_sessions_longest_seconds{${S}})`, legend: 'longest wait' }, { expr: `max(pg_stat_activity_max_tx_duration{${D}})`, legend: 'longest transaction' }] }),
    line({ title: 'Deadlocks and conflicts', description: 'Sessions that the server has ended to resolve them.', unit: 'short', thresholds: ANY_IS_BAD, queries: [{ expr: `sum(increase(pg_stat_database_deadlocks{${D}}${R}))`, legend: 'deadlocks' }, { expr: `sum(increase(pg_stat_database_conflicts{${D}}${R}))`, legend: 'conflicts' }] }),
  ],
};

const STORAGE: Row = {
  title: 'Room and bloat',
  panels: [
    line({ title: 'Databases', description: 'Sizes.', unit: 'bytes', runbook: 'host-disk-low', queries: [{ expr: `sum by (datname) (pg_database_size_bytes{${D}})`, legend: '{{datname}}' }] }),
    line({ title: 'Largest tables', description: 'With indexes and TOAST.', unit: 'bytes', queries: [{ expr: `topk(10, max by (schemaname, relname) (pg_table_size_bytes{${S}}))`, legend: '{{schemaname}}.{{relname}}' }] }),
    line({ title: 'Bloat', description: 'Dead among all row versions of the largest tables. A fifth and more for long: autovacuum does not keep up.', unit: 'percentunit', queries: [{ expr: `topk(10, max by (schemaname, relname) (pg_table_dead_ratio{${S}}))`, legend: '{{schemaname}}.{{relname}}' }] }),
    line({ title: 'Scans', description: 'Of whole tables and by index, a second.', unit: 'ops', queries: [{ expr: `sum(rate(pg_table_sequential_scans_total{${S}}${R}))`, legend: 'sequential' }, { expr: `sum(rate(pg_table_index_scans_total{${S}}${R}))`, legend: 'by index' }] }),
    line({ title: 'Write-ahead log', description: 'Size on disk. It grows where a replica or an archive does not take it.', unit: 'bytes', runbook: 'host-disk-low', queries: [{ expr: `max(pg_wal_size_bytes{${S}})`, legend: 'WAL' }] }),
    line({ title: 'Free room of the host', description: 'Free share of each file system (node_exporter).', unit: 'percentunit', thresholds: [{ from: null, color: 'red' }, { from: 0.1, color: 'green' }], runbook: 'host-disk-low', queries: [{ expr: 'min by (instance, mountpoint) (node_filesystem_avail_bytes{fstype!~"ramfs|squashfs|overlay|nsfs"} / (node_filesystem_size_bytes{fstype!~"ramfs|squashfs|overlay|nsfs"} > 0))', legend: '{{mountpoint}}' }] }),
  ],
};

const SAFETY: Row = {
  title: 'Replication and backups',
  panels: [
    line({ title: 'Replicas behind', description: 'Write-ahead log that each has not replayed or received.', unit: 'bytes', thresholds: risesTo(16_777_216, 67_108_864), runbook: 'postgres-replica-lag', queries: [{ expr: `max by (application_name) (pg_replica_lag_bytes{${S}})`, legend: '{{application_name}}' }] }),
    line({ title: 'Checkpoints', description: 'Timed ones are normal; many requested ones mean that max_wal_size is small for the load.', unit: 'ops', queries: [{ expr: `sum(rate(pg_stat_bgwriter_checkpoints_timed_total{${S}}${R}))`, legend: 'timed' }, { expr: `sum(rate(pg_stat_bgwriter_checkpoints_req_total{${S}}${R}))`, legend: 'requested' }] }),
    line({ title: 'Backups', description: 'Age of the newest, and time since one was last restored and found equal.', unit: 's', runbook: 'backup-too-old', queries: [{ expr: 'time() - max by (instance) (causeway_backup_last_success_timestamp_seconds)', legend: 'newest' }, { expr: 'time() - max by (instance) (causeway_backup_last_verified_timestamp_seconds)', legend: 'proved' }] }),
    line({ title: 'Size of the newest backup', description: 'A sudden fall is as suspicious as a rise.', unit: 'bytes', width: 6, queries: [{ expr: 'max by (instance) (causeway_backup_last_size_bytes)', legend: '{{instance}}' }] }),
    line({ title: 'Duration of the newest backup', description: 'With its proof.', unit: 's', width: 6, queries: [{ expr: 'max by (instance) (causeway_backup_last_duration_seconds)', legend: '{{instance}}' }] }),
    { title: 'Backups kept', description: 'After rotation.', kind: 'stat', unit: 'short', width: 6, thresholds: PLAIN, queries: [{ expr: 'max by (instance) (causeway_backups_kept)' }] },
    { title: 'Restore proved', description: 'Whether the newest backup was restored and found equal.', kind: 'stat', unit: 'none', width: 6, words: { 0: { text: 'not proved', color: 'orange' }, 1: { text: 'proved', color: 'green' } }, runbook: 'backup-unproved', queries: [{ expr: 'max(causeway_backup_last_verified)' }] },
  ],
};

export const POSTGRES_DASHBOARD: Dashboard = {
  uid: 'causeway-postgresql',
  title: 'Causeway: PostgreSQL',
  description: 'Connections, slow queries, cache, locks, replication, bloat, backups.',
  variables: VARIABLES,
  rows: [STANDS, LOAD, LOCKS, STORAGE, SAFETY],
};
