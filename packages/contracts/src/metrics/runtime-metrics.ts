/** What every service tells about its connections, its transport and itself. */
import { counter, gauge, histogram } from './metric.ts';

const ANSWER_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export const RUNTIME_METRICS = {
  service_ready: gauge('1 while the service can do its work, else 0; the same as /readyz.'),
  service_healthy: gauge('1 while no part of the service is stuck, else 0; the same as /healthz.'),
  service_log_lines_total: counter('Lines that the service has logged.', 'level'),
  pool_connections: gauge('Connections of the pool to PostgreSQL.', 'state'),
  pool_waiting_requests: gauge('Requests that wait for a connection of the pool.'),
  pool_errors_total: counter('Idle connections of the pool that were lost.'),
  transport_send_seconds: histogram('From a send to its durable acknowledgement.', ANSWER_BUCKETS, 'topic'),
  transport_sent_messages_total: counter('Messages acknowledged by the transport.', 'topic'),
  transport_sent_bytes_total: counter('Bytes of messages acknowledged by the transport.', 'topic'),
  transport_send_failures_total: counter('Sends that failed for good; the service begins anew from its durable position.', 'topic'),
  transport_delivery_seconds: histogram('From the sending of a message to its hand-over to the consumer.', ANSWER_BUCKETS, 'topic'),
  transport_batch_seconds: histogram('Time that a consumer has worked on what it was handed over.', ANSWER_BUCKETS, 'topic'),
  transport_received_messages_total: counter('Messages handed over to the consumer.', 'topic'),
  transport_received_bytes_total: counter('Bytes of messages handed over to the consumer.', 'topic'),
  transport_consumer_lag_messages: gauge('Messages that stood in the topic behind the last one that was handed over.', 'topic'),
  kafka_request_seconds: histogram('Duration of a request to the brokers.', ANSWER_BUCKETS, 'api'),
  kafka_request_timeouts_total: counter('Requests that no broker has answered in time; they are sent again.'),
  kafka_queued_requests: gauge('Requests that wait in the client for their turn.'),
  kafka_retries_total: counter('Requests that the client has tried again.'),
} as const;
