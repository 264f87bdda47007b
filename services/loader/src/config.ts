/** Settings of the loader, from the environment. */
import { oneOf, text, wholeNumber } from '@causeway/runtime/config-table';
import { KAFKA_SECURITY_SETTINGS } from '@causeway/runtime/transport/kafka-security';

export const LOADER_SETTINGS = {
  migration: { env: 'CAUSEWAY_MIGRATION', help: 'id of the migration in the control record', parse: text },
  databaseUrl: { env: 'DATABASE_URL', help: 'the target with the control record', parse: text, secret: true },
  transport: { env: 'CAUSEWAY_TRANSPORT', help: 'kafka or embedded', parse: oneOf('kafka', 'embedded'), fallback: 'kafka' as const },
  brokers: { env: 'KAFKA_BROKERS', help: 'host:port list of the Kafka brokers', parse: text, fallback: '' },
  ...KAFKA_SECURITY_SETTINGS,
  embeddedFile: { env: 'CAUSEWAY_EMBEDDED_FILE', help: 'file of the embedded transport', parse: text, fallback: '' },
  sourceFile: { env: 'CAUSEWAY_SOURCE', help: 'path of the source where it differs from the control record (containers); the way back writes it', parse: text, fallback: '' },
  metricsHost: { env: 'CAUSEWAY_METRICS_HOST', help: 'address of /metrics; loopback unless told', parse: text, fallback: '127.0.0.1' },
  metricsPort: { env: 'CAUSEWAY_METRICS_PORT', help: 'port of /metrics; 0 takes a free one', parse: wholeNumber(0, 65_535), fallback: 0 },
  // A broker may be silent for two minutes before a wait for it ends; what hangs for longer hangs.
  stuckAfter: { env: 'CAUSEWAY_STUCK_AFTER_SECONDS', help: 'a part of the service that does not show itself for so long makes /healthz fail', parse: wholeNumber(1, 86_400), fallback: 180 },
  logLevel: { env: 'CAUSEWAY_LOG_LEVEL', help: 'pino level', parse: text, fallback: 'info' },
  // A killed member keeps its place in a group until its session ends; the command, which starts one loader and starts
  // it again, gives each start a group of its own. The epoch in the target keeps two of them apart.
  groupSuffix: { env: 'CAUSEWAY_GROUP_SUFFIX', help: 'makes the consumer group one of this start alone; empty: shared by all loaders', parse: text, fallback: '' },
  // Two COPYs keep two server processes busy; more only helps where the server has more cores to spare.
  lanes: { env: 'CAUSEWAY_LANES', help: 'partitions that are loaded at the same time', parse: wholeNumber(1, 16), fallback: 2 },
  // A batch above it is staged in the target; below, it takes one round trip less and no temporary table.
  heldBytes: { env: 'CAUSEWAY_HELD_BYTES', help: 'bytes of one batch of changes that are held in memory', parse: wholeNumber(1_000, 1_000_000_000), fallback: 16 * 1024 * 1024 },
} as const;
