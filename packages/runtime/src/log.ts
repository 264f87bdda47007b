/** Structured logs: one JSON object a line on stderr. Row values never go in here. */
import pino from 'pino';

export type Log = pino.Logger;

// Invariant: I15
export function createLog(service: string, level: string): Log {
  return pino(
    {
      level,
      base: { service },
      redact: ['password', '*.password', 'connectionString', '*.connectionString'],
    },
    // Synchronous: the last line before a crash is the one that matters, and the volume is small.
    pino.destination({ fd: 2, sync: true }),
  );
}
