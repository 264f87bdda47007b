/** How the services work inside: for whoever asks why it is slow. */
import { ANY_IS_BAD, type Dashboard, type Panel, risesTo, type Row } from '../panel.ts';
import { M, MIGRATION } from './selectors.ts';

const R = '[$__rate_interval]';
const line = (panel: Omit<Panel, 'kind' | 'width'> & { readonly width?: number }): Panel => ({ kind: 'timeseries', width: 8, ...panel });
/** 95 of 100 took at most so long. */
const p95 = (metric: string, by: string): string => `histogram_quantile(0.95, sum by (le${by === '' ? '' : `, ${by}`}) (rate(${metric}_bucket{${M}}${R})))`;

const FLOW: Row = {
  title: 'Flow',
  panels: [
    line({ title: 'Batches', description: 'Batches of the change stream a second, and load transactions of the snapshot.', unit: 'ops', queries: [{ expr: `sum(rate(causeway_extractor_change_batches_total{${M}}${R}))`, legend: 'published' }, { expr: `sum(rate(causeway_loader_change_batches_total{${M}}${R}))`, legend: 'applied' }, { expr: `sum(rate(causeway_loader_transactions_total{${M}}${R}))`, legend: 'load transactions' }] }),
    line({ title: 'Bytes', description: 'Bytes of messages sent and handed over, a second.', unit: 'Bps', queries: [{ expr: `sum by (topic) (rate(causeway_transport_sent_bytes_total{${M}}${R}))`, legend: 'sent: {{topic}}' }, { expr: `sum by (topic) (rate(causeway_transport_received_bytes_total{${M}}${R}))`, legend: 'received: {{topic}}' }] }),
    line({ title: 'Messages', description: 'Messages sent and handed over, a second.', unit: 'ops', queries: [{ expr: `sum by (topic) (rate(causeway_transport_sent_messages_total{${M}}${R}))`, legend: 'sent: {{topic}}' }, { expr: `sum by (topic) (rate(causeway_transport_received_messages_total{${M}}${R}))`, legend: 'received: {{topic}}' }] }),
    line({ title: 'Credit of the reader', description: 'Bytes that the reader may hand over before it waits. 0 for long: brokers or target are the slow part.', unit: 'bytes', queries: [{ expr: `max(causeway_extractor_credit_bytes{${M}})`, legend: 'credit' }] }),
    line({ title: 'Waiting for credit', description: 'Share of the time that the reader waits: back-pressure. Near 1 while loading is normal where the target is the slow part.', unit: 'percentunit', queries: [{ expr: `sum(rate(causeway_extractor_credit_wait_seconds_total{${M}}${R}))`, legend: 'waiting' }] }),
    line({ title: 'Ranges and bytes of the snapshot', description: 'Key ranges acknowledged by the transport, and blocks that were repeated and skipped.', unit: 'ops', queries: [{ expr: `sum(rate(causeway_extractor_ranges_published_total{${M}}${R}))`, legend: 'ranges' }, { expr: `sum(rate(causeway_loader_blocks_skipped_total{${M}}${R}))`, legend: 'blocks skipped' }] }),
    line({ title: 'Repeats', description: 'Batches that were applied already, gaps that were asked for again, batches of an earlier cutover. A few after a restart are normal.', unit: 'short', queries: [{ expr: `sum(increase(causeway_loader_change_batches_skipped_total{${M}}${R}))`, legend: 'skipped' }, { expr: `sum(increase(causeway_loader_change_gaps_total{${M}}${R}))`, legend: 'gaps' }, { expr: `sum(increase(causeway_loader_back_batches_skipped_total{${M}}${R}))`, legend: 'skipped on the way back' }] }),
    line({ title: 'Into the quarantine', description: 'Rows that the extractor rejects and the loader stores there, a second.', unit: 'ops', runbook: 'quarantine', queries: [{ expr: `sum(rate(causeway_extractor_rows_rejected_total{${M}}${R}))`, legend: 'rejected' }, { expr: `sum(rate(causeway_loader_rows_quarantined_total{${M}}${R}))`, legend: 'quarantined' }] }),
    line({ title: 'Bytes of snapshot and changes', description: 'Bytes of blocks published and consumed, and of batches of changes, a second.', unit: 'Bps', queries: [{ expr: `sum(rate(causeway_extractor_bytes_published_total{${M}}${R}))`, legend: 'published' }, { expr: `sum(rate(causeway_loader_bytes_consumed_total{${M}}${R}))`, legend: 'consumed' }, { expr: `sum(rate(causeway_extractor_change_bytes_total{${M}}${R}))`, legend: 'changes' }] }),
  ],
};

const KAFKA: Row = {
  title: 'Kafka',
  panels: [
    line({ title: 'Send to acknowledgement, p95', description: 'From a send to its durable acknowledgement.', unit: 's', runbook: 'capture-stalled', queries: [{ expr: p95('causeway_transport_send_seconds', 'topic'), legend: '{{topic}}' }] }),
    line({ title: 'Send to hand-over, p95', description: 'From the sending of a message to its hand-over to the consumer. It grows with the backlog.', unit: 's', queries: [{ expr: p95('causeway_transport_delivery_seconds', 'topic'), legend: '{{topic}}' }] }),
    line({ title: 'Work on a hand-over, p95', description: 'Time that a consumer has worked on what it was handed over.', unit: 's', queries: [{ expr: p95('causeway_transport_batch_seconds', 'topic'), legend: '{{topic}}' }] }),
    line({ title: 'Requests, p95', description: 'Answer times of the brokers by kind of request. A fetch waits up to 0.1 s at the end of a topic.', unit: 's', queries: [{ expr: p95('causeway_kafka_request_seconds', 'api'), legend: '{{api}}' }] }),
    line({ title: 'Retries and time-outs', description: 'Requests that the client has tried again, that nobody has answered in time, and sends that failed for good.', unit: 'short', runbook: 'capture-stalled', queries: [{ expr: `sum(increase(causeway_kafka_retries_total{${M}}${R}))`, legend: 'retries' }, { expr: `sum(increase(causeway_kafka_request_timeouts_total{${M}}${R}))`, legend: 'time-outs' }, { expr: `sum by (service) (causeway_kafka_queued_requests{${M}})`, legend: 'queued: {{service}}' }] }),
    line({ title: 'Messages behind', description: 'Messages that stood in a topic behind the last one that was handed over. kafka-consumer-groups shows the same from the committed offsets.', unit: 'short', runbook: 'lag-high', queries: [{ expr: `max by (topic) (causeway_transport_consumer_lag_messages{${M}})`, legend: '{{topic}}' }] }),
  ],
};

const POSTGRES: Row = {
  title: 'PostgreSQL and SQLite',
  panels: [
    line({ title: 'COPY and load transaction, p95', description: 'Duration of the COPYs of a load transaction, and of the whole of it.', unit: 's', queries: [{ expr: p95('causeway_loader_copy_seconds', ''), legend: 'COPY' }, { expr: p95('causeway_loader_transaction_seconds', ''), legend: 'transaction' }] }),
    line({ title: 'Merge of changes, p95', description: 'Duration of a transaction that merges batches of the change stream.', unit: 's', runbook: 'lag-high', queries: [{ expr: p95('causeway_loader_change_apply_seconds', ''), legend: 'merge' }] }),
    line({ title: 'Connections of the services', description: 'Busy and idle connections of each pool, and requests that wait for one.', unit: 'short', queries: [{ expr: `sum by (service, state) (causeway_pool_connections{${M}})`, legend: '{{service}} {{state}}' }, { expr: `sum by (service) (causeway_pool_waiting_requests{${M}})`, legend: '{{service}} waiting' }] }),
    line({ title: 'Change log in SQLite', description: 'Entries that the purge has left. It purges what PostgreSQL has applied and the validator has read.', unit: 'short', runbook: 'change-log-growth', queries: [{ expr: `max(causeway_extractor_log_entries{${M}})`, legend: 'entries' }] }),
    line({ title: 'Purged up to', description: 'Log id up to which the log is purged, beside the newest.', unit: 'short', runbook: 'change-log-growth', queries: [{ expr: `max(causeway_extractor_purged_position{${M}})`, legend: 'purged' }, { expr: `max(causeway_extractor_source_position{${M}})`, legend: 'newest' }] }),
    line({ title: 'Files of SQLite', description: 'Sizes of the file and its write-ahead log. A WAL that only grows has a reader that never ends.', unit: 'bytes', runbook: 'source-disk-low', queries: [{ expr: `max(causeway_extractor_source_file_bytes{${M}})`, legend: 'file' }, { expr: `max(causeway_extractor_source_wal_bytes{${M}})`, legend: 'WAL' }] }),
    line({ title: 'Room beside SQLite', description: 'Free share of its file system. Below a tenth somebody is woken.', unit: 'percentunit', thresholds: [{ from: null, color: 'red' }, { from: 0.1, color: 'green' }], runbook: 'source-disk-low', queries: [{ expr: `min(causeway_extractor_source_disk_free_bytes{${M}} / causeway_extractor_source_disk_size_bytes{${M}})`, legend: 'free' }] }),
    line({ title: 'Tailer', description: 'Time since the tailer came to the end of the log. It stands still below a second.', unit: 's', thresholds: risesTo(5, 30), runbook: 'capture-stalled', queries: [{ expr: `max(causeway_extractor_tail_age_seconds{${M}})`, legend: 'since the last lap' }] }),
    line({ title: 'Lost connections, failed readings', description: 'Idle connections that were lost, and readings of the control record that failed.', unit: 'short', thresholds: ANY_IS_BAD, runbook: 'target-unreachable', queries: [{ expr: `sum by (service) (increase(causeway_pool_errors_total{${M}}${R}))`, legend: 'lost: {{service}}' }, { expr: `sum by (service) (increase(causeway_migration_record_reads_total{${M}}${R}))`, legend: 'readings: {{service}}' }] }),
  ],
};

const PROCESSES: Row = {
  title: 'Processes',
  panels: [
    line({ title: 'CPU', description: 'Cores in use, by service.', unit: 'short', width: 6, queries: [{ expr: `sum by (service) (rate(process_cpu_seconds_total{${M}}${R}))`, legend: '{{service}}' }] }),
    line({ title: 'Memory', description: 'Resident memory, by service.', unit: 'bytes', width: 6, queries: [{ expr: `max by (service) (process_resident_memory_bytes{${M}})`, legend: '{{service}}' }] }),
    line({ title: 'Event loop, p99', description: 'How late the event loop is. Above 0.1 s for long, one process does too much.', unit: 's', width: 6, runbook: 'service-stuck', queries: [{ expr: `max by (service) (nodejs_eventloop_lag_p99_seconds{${M}})`, legend: '{{service}}' }] }),
    line({ title: 'Warnings and errors', description: 'Lines of the logs.', unit: 'short', width: 6, queries: [{ expr: `sum by (service, level) (increase(causeway_service_log_lines_total{${M},level=~"warn|error"}${R}))`, legend: '{{service}} {{level}}' }] }),
  ],
};

export const PIPELINE_DASHBOARD: Dashboard = {
  uid: 'causeway-pipeline',
  title: 'Causeway: Pipeline internals',
  description: 'Batches, bytes, back-pressure, Kafka, COPY and merge times, processes.',
  variables: [MIGRATION],
  rows: [FLOW, KAFKA, POSTGRES, PROCESSES],
};
