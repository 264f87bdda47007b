/**
 * One lifecycle for every service: a signal or a vanished parent aborts the work, a deadline bounds the drain, a second
 * signal forces. Abort is not an error: it ends with the exit code of an interruption, and the next start resumes.
 */
import { exitCodeOf, Failure, type FailureCode } from '@causeway/contracts/failures';
import { readSettings, type Settings, type SettingTable } from './config-table.ts';
import type { Log } from './log.ts';
import { isBusySource, isPassing } from './passing-trouble.ts';
import { messageOf } from './postgres-pool.ts';

const DRAIN_DEADLINE_MS = 10_000;
const INTERRUPTED_EXIT = exitCodeOf('INTERRUPTED');

export interface ServiceOutcome {
  readonly exitCode: number;
}

/** Reads the settings of a service; a wrong one ends the process with the code of a usage error and no stack trace. */
export function serviceSettings<T extends SettingTable>(table: T, environment: Readonly<Record<string, string | undefined>>): Settings<T> {
  try {
    return readSettings(table, environment);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.code}: ${error.message}\n  ${error.remedy}\n`);
    process.exit(exitCodeOf(error.code));
  }
}

/** Runs `work` until it returns, fails or is aborted, and ends the process with the fitting exit code. */
export async function runService(log: Log, work: (signal: AbortSignal) => Promise<ServiceOutcome>): Promise<never> {
  const abort = new AbortController();
  const stop = (why: string): void => {
    if (abort.signal.aborted) process.exit(INTERRUPTED_EXIT);
    log.info({ why }, 'stopping');
    abort.abort(new Failure('INTERRUPTED', why));
    setTimeout(() => process.exit(INTERRUPTED_EXIT), DRAIN_DEADLINE_MS).unref();
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // Under the CLI a service must not outlive it, even if the CLI was killed with -9.
  // Invariant: I20
  process.on('disconnect', () => stop('the command that started this service is gone'));
  try {
    const outcome = await work(abort.signal);
    // Work that gave way without a word is not done: who started it must not take it for that.
    process.exit(abort.signal.aborted ? INTERRUPTED_EXIT : outcome.exitCode);
  } catch (error) {
    const code = failureCodeOf(error, abort.signal);
    log[code === 'INTERRUPTED' ? 'info' : 'error']({ code, err: error }, messageOf(error));
    await tellParent({ type: 'failed', code, message: messageOf(error) });
    process.exit(exitCodeOf(code));
  }
}

function failureCodeOf(error: unknown, signal: AbortSignal): FailureCode {
  if (error instanceof Failure) return error.code;
  if (isBusySource(error)) return 'SOURCE_BUSY';
  if (isPassing(error)) return 'TARGET_UNREACHABLE';
  return signal.aborted ? 'INTERRUPTED' : 'INTERNAL';
}

/** What services tell the command that started them; without a parent it goes nowhere. */
export type ServiceMessage =
  | { readonly type: 'failed'; readonly code: FailureCode; readonly message: string }
  | { readonly type: 'ready'; readonly metricsPort: number }
  | { readonly type: 'progress'; readonly table: number; readonly rows: number; readonly bytes: number; readonly stage: 'loaded' | 'keyed' | 'verified' }
  | { readonly type: 'usage'; readonly peakRssMiB: number; readonly cpuSeconds: number };

export function tellParent(message: ServiceMessage): Promise<void> {
  const send = process.send?.bind(process);
  if (send === undefined || !process.connected) return Promise.resolve();
  return new Promise((resolve) => send(message, undefined, undefined, () => resolve()));
}

/** Peak resident memory and CPU time of this process, for the report. */
export function ownUsage(): ServiceMessage {
  const usage = process.resourceUsage();
  return { type: 'usage', peakRssMiB: usage.maxRSS / 1024, cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6 };
}
