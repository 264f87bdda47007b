-- Settings in postgresql.auto.conf, sized to the memory that this server may use: the container's limit, else what
-- SERVER_MEMORY_MB says, else 512 MB. Run this file again after the limit was changed, then start the server anew.
\getenv memory_mb SERVER_MEMORY_MB
\if :{?memory_mb}
\else
\set memory_mb `m=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || echo max); case $m in max|????????????????*) echo 512;; *) echo $((m / 1048576));; esac`
\endif

SELECT format('ALTER SYSTEM SET %I = %L', name, value) FROM (VALUES
  -- A quarter of the memory for pages; the kernel's cache is most of the rest.
  ('shared_buffers', greatest(:memory_mb / 4, 32) || 'MB'),
  ('effective_cache_size', greatest(:memory_mb * 5 / 8, 64) || 'MB'),
  ('maintenance_work_mem', least(greatest(:memory_mb / 16, 16), 1024) || 'MB'),
  -- Every sort of every connection may take this much; hashes take twice.
  ('work_mem', least(greatest(:memory_mb / 128, 2), 64) || 'MB'),
  ('wal_buffers', '8MB'),
  ('autovacuum_max_workers', '2'),
  ('autovacuum_work_mem', least(greatest(:memory_mb / 16, 16), 512) || 'MB'),
  ('max_parallel_workers_per_gather', '1'),
  -- Tables that grew up in SQLite are small, and in memory: packages/runtime/src/query-settings.ts has the reasons.
  ('parallel_setup_cost', '200'),
  ('parallel_tuple_cost', '0.01'),
  ('min_parallel_table_scan_size', '1MB'),
  ('min_parallel_index_scan_size', '128kB'),
  ('cpu_index_tuple_cost', '0.001'),
  ('max_connections', CASE WHEN :memory_mb < 1024 THEN '120' ELSE '280' END),
  ('superuser_reserved_connections', '3'),
  -- A load writes much in a short time: checkpoints forced by the log's size would double it.
  ('max_wal_size', '2GB'),
  ('min_wal_size', '256MB'),
  ('checkpoint_completion_target', '0.9'),
  ('wal_compression', 'on'),
  -- For SSDs.
  ('random_page_cost', '1.1'),
  ('effective_io_concurrency', '100'),
  ('default_statistics_target', '200'),
  ('jit', 'off'),
  -- A standby that is gone must not fill the disk with log that is kept for it.
  ('max_slot_wal_keep_size', '4GB'),
  ('wal_level', 'replica'),
  ('hot_standby', 'on'),
  -- What happens is logged: connections, changes of schemas, slow statements, waits for locks; rows' values are not.
  ('log_connections', 'on'),
  ('log_disconnections', 'on'),
  ('log_statement', 'ddl'),
  ('log_min_duration_statement', '500ms'),
  ('log_parameter_max_length', '0'),
  ('log_parameter_max_length_on_error', '0'),
  ('log_lock_waits', 'on'),
  ('log_temp_files', '10MB'),
  ('log_autovacuum_min_duration', '10s'),
  ('log_checkpoints', 'on'),
  ('log_line_prefix', '%m [%p] %q%u@%d/%a %h '),
  ('log_timezone', 'UTC'),
  ('timezone', 'UTC'),
  ('password_encryption', 'scram-sha-256'),
  ('idle_in_transaction_session_timeout', '10min'),
  ('tcp_keepalives_idle', '60'),
  ('tcp_keepalives_interval', '10'),
  ('tcp_keepalives_count', '6'),
  ('shared_preload_libraries', 'pg_stat_statements'),
  ('track_io_timing', 'on'),
  ('track_activity_query_size', '4096')
) AS wanted (name, value) \gexec
-- Before its library is loaded a name with a dot is known only once it was set in the session.
SELECT current_setting('shared_preload_libraries') !~ 'pg_stat_statements' AS unloaded \gset
\if :unloaded
SET pg_stat_statements.max = '5000';
SET pg_stat_statements.track = 'top';
SET pg_stat_statements.track_utility = 'off';
\endif
ALTER SYSTEM SET pg_stat_statements.max = '5000';
ALTER SYSTEM SET pg_stat_statements.track = 'top';
-- Its texts would hold passwords of ALTER ROLE.
ALTER SYSTEM SET pg_stat_statements.track_utility = 'off';
SELECT pg_reload_conf();
