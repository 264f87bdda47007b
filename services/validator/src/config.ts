/** Settings of the validator, from the environment. */
import { oneOf, text, wholeNumber } from '@causeway/runtime/config-table';

export const VALIDATOR_SETTINGS = {
  migration: { env: 'CAUSEWAY_MIGRATION', help: 'id of the migration in the control record', parse: text },
  databaseUrl: { env: 'DATABASE_URL', help: 'the target with the control record', parse: text, secret: true },
  mode: { env: 'CAUSEWAY_MODE', help: 'once: when loaded, then exit; verify: at once, then exit; serve: when loaded, and stay for /metrics; live: continuously while the application writes; whole: digests of every table of DATABASE_URL into CAUSEWAY_DIGEST_FILE', parse: oneOf('once', 'verify', 'serve', 'live', 'whole'), fallback: 'serve' as const },
  sourceFile: { env: 'CAUSEWAY_SOURCE', help: 'path of the source where it differs from the control record (containers)', parse: text, fallback: '' },
  metricsHost: { env: 'CAUSEWAY_METRICS_HOST', help: 'address of /metrics; loopback unless told', parse: text, fallback: '127.0.0.1' },
  metricsPort: { env: 'CAUSEWAY_METRICS_PORT', help: 'port of /metrics; 0 takes a free one', parse: wholeNumber(0, 65_535), fallback: 0 },
  // A broker may be silent for two minutes before a wait for it ends; what hangs for longer hangs.
  stuckAfter: { env: 'CAUSEWAY_STUCK_AFTER_SECONDS', help: 'a part of the service that does not show itself for so long makes /healthz fail', parse: wholeNumber(1, 86_400), fallback: 180 },
  logLevel: { env: 'CAUSEWAY_LOG_LEVEL', help: 'pino level', parse: text, fallback: 'info' },
  maxDifferences: { env: 'CAUSEWAY_MAX_DIFFERENCES', help: 'differences named a table; the rest is counted', parse: wholeNumber(1, 100_000), fallback: 100 },
  // Two readers keep up with one scan of PostgreSQL; each more only takes memory.
  readers: { env: 'CAUSEWAY_READERS', help: 'threads that read the source', parse: wholeNumber(1, 16), fallback: 2 },
  digestFile: { env: 'CAUSEWAY_DIGEST_FILE', help: 'whole: where the digests are written', parse: text, fallback: '' },
  snapshot: { env: 'CAUSEWAY_SNAPSHOT', help: 'whole: name of an exported snapshot to read in; empty: the present state', parse: text, fallback: '' },
  passRest: { env: 'CAUSEWAY_PASS_REST_MS', help: 'live: rest between two passes over everything', parse: wholeNumber(0, 86_400_000), fallback: 1_000 },
} as const;
