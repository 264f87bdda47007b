/** The part of a caller's environment that a service gets. */

/** What a service may need of the caller's environment: how to find programs, homes, certificates, passwords of PostgreSQL. */
const PASSED_ON = /^(PATH|HOME|LANG|LC_.*|TZ|TMPDIR|PGPASSFILE|PGSSL.*|PGUSER|PGPASSWORD|NODE_EXTRA_CA_CERTS|CAUSEWAY_(LOG_LEVEL|LOG_WARN|LOG_LIMIT|METRICS_HOST|LANES|CREDIT_BYTES|STUCK_AFTER_SECONDS|PASS_REST_MS|KAFKA_(TLS|SASL)_.*)|OTEL_.*|FAILPOINT(_TRACE|_ONCE)?)$/;

export function passedOn(inherited: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(inherited).filter((entry): entry is [string, string] => entry[1] !== undefined && PASSED_ON.test(entry[0])));
}
