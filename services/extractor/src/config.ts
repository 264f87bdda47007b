/** Settings of the extractor, from the environment. */
import { oneOf, text, wholeNumber } from '@causeway/runtime/config-table';
import { KAFKA_SECURITY_SETTINGS } from '@causeway/runtime/transport/kafka-security';

export const EXTRACTOR_SETTINGS = {
  migration: { env: 'CAUSEWAY_MIGRATION', help: 'id of the migration in the control record', parse: text },
  databaseUrl: { env: 'DATABASE_URL', help: 'the target with the control record', parse: text, secret: true },
  transport: { env: 'CAUSEWAY_TRANSPORT', help: 'kafka or embedded', parse: oneOf('kafka', 'embedded'), fallback: 'kafka' as const },
  brokers: { env: 'KAFKA_BROKERS', help: 'host:port list of the Kafka brokers', parse: text, fallback: '' },
  ...KAFKA_SECURITY_SETTINGS,
  embeddedFile: { env: 'CAUSEWAY_EMBEDDED_FILE', help: 'file of the embedded transport', parse: text, fallback: '' },
  sourceFile: { env: 'CAUSEWAY_SOURCE', help: 'path of the source where it differs from the control record (containers)', parse: text, fallback: '' },
  metricsHost: { env: 'CAUSEWAY_METRICS_HOST', help: 'address of /metrics; loopback unless told', parse: text, fallback: '127.0.0.1' },
  metricsPort: { env: 'CAUSEWAY_METRICS_PORT', help: 'port of /metrics; 0 takes a free one', parse: wholeNumber(0, 65_535), fallback: 0 },
  // A broker may be silent for two minutes before a wait for it ends; what hangs for longer hangs.
  stuckAfter: { env: 'CAUSEWAY_STUCK_AFTER_SECONDS', help: 'a part of the service that does not show itself for so long makes /healthz fail', parse: wholeNumber(1, 86_400), fallback: 180 },
  logLevel: { env: 'CAUSEWAY_LOG_LEVEL', help: 'pino level', parse: text, fallback: 'info' },
  // Measured: less makes the reader wait at every acknowledgement, more only adds memory.
  creditBytes: { env: 'CAUSEWAY_CREDIT_BYTES', help: 'bytes read and not yet acknowledged', parse: wholeNumber(1_048_576, 1_073_741_824), fallback: 16 * 1024 * 1024 },
  // Keys of about 30 bytes: some 30 MB of the application's file.
  logWarn: { env: 'CAUSEWAY_LOG_WARN', help: 'entries in the change log of the source from which on a warning is told; 0: never', parse: wholeNumber(0, 1_000_000_000_000), fallback: 1_000_000 },
  // Some 1.5 GB; whoever has the room may set more.
  logLimit: { env: 'CAUSEWAY_LOG_LIMIT', help: 'entries in the change log of the source at which the capture is taken out of it; 0: never', parse: wholeNumber(0, 1_000_000_000_000), fallback: 50_000_000 },
} as const;
