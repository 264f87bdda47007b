/**
 * Structured logs: one JSON object a line on stderr, with service and migration in each; table and position where a line
 * is about one. Row values never go in here.
 */
import pino from 'pino';

export type Log = pino.Logger;

export interface LogOptions {
  readonly migration?: string;
  /** Counts of lines by level, for the metrics; the log adds to them. */
  readonly lines?: Record<string, number>;
  /** What each line says beside its own: the trace it belongs to. */
  readonly context?: () => Readonly<Record<string, string>>;
}

// Invariant: I15
export function createLog(service: string, level: string, { migration, lines, context }: LogOptions = {}): Log {
  return pino(
    {
      level,
      base: { service, ...(migration === undefined ? {} : { migration }) },
      ...(context === undefined ? {} : { mixin: context }),
      ...(lines === undefined ? {} : { hooks: { logMethod: counting(lines) } }),
      redact: ['password', '*.password', 'connectionString', '*.connectionString'],
    },
    // Synchronous: the last line before a crash is the one that matters, and the volume is small.
    pino.destination({ fd: 2, sync: true }),
  );
}

function counting(lines: Record<string, number>) {
  return function count(this: Log, args: Parameters<pino.LogFn>, method: pino.LogFn, level: number): void {
    const name = pino.levels.labels[level] ?? String(level);
    lines[name] = (lines[name] ?? 0) + 1;
    method.apply(this, args);
  };
}
