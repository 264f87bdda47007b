/** The program: commands, help, and one place where an error becomes a message and an exit code. */
import { exitCodeOf, Failure, type FailureCode } from '@causeway/contracts/failures';
import { messageOf } from '@causeway/runtime/postgres-pool';
import { Command, CommanderError } from 'commander';
import { registerAssess } from './assess-command.ts';
import { registerBackup } from './backup-command.ts';
import { CommandMetrics } from './command-metrics.ts';
import { registerAdvise } from './advise-command.ts';
import { registerDemo } from './demo-command.ts';
import { drainOutput } from './drain-output.ts';
import { registerDoctor } from './doctor.ts';
import { registerComplete } from './live/complete-command.ts';
import { registerCutover } from './live/cutover-command.ts';
import { registerDetach } from './live/detach-command.ts';
import { registerLoadtest } from './loadtest-command.ts';
import { registerMigrate } from './migrate-command.ts';
import { registerPlan } from './plan-command.ts';
import { registerQuarantine } from './quarantine-command.ts';
import { registerRehearse } from './rehearse/rehearse-command.ts';
import { registerQueries } from './queries-command.ts';
import { registerRepair } from './repair-command.ts';
import { registerReport } from './report-command.ts';
import { registerRestore } from './restore-command.ts';
import { registerStatus } from './status-command.ts';
import { registerThrottle } from './throttle-command.ts';
import { registerVerify } from './verify-command.ts';
import { failedOutcome } from './migrate/machine-outcome.ts';

/** What a command needs of the process; given, so that no command reaches for globals. */
export interface CliContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly version: string;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly signal: AbortSignal;
  setExitCode(code: number): void;
  /** How long a step of this command took; for --metrics-file. */
  took(step: string, seconds: number): void;
}

/** Of the workspace's package.json; a test holds the two together. */
export const TOOL_VERSION = '0.1.0';

const EXIT_CODES = `
Exit codes: 0 proved equal · 1 a difference, or rows in the quarantine that were not accepted · 2 usage · 3 environment · 130 interrupted`;

export async function runCli(host: NodeJS.Process): Promise<void> {
  const abort = new AbortController();
  let code = 0;
  const metrics = new CommandMetrics(host.env.CAUSEWAY_CWD ?? host.cwd());
  const context: CliContext = {
    environment: host.env,
    cwd: host.env.CAUSEWAY_CWD ?? host.cwd(),
    version: TOOL_VERSION,
    stdout: host.stdout,
    stderr: host.stderr,
    signal: abort.signal,
    setExitCode: (value) => {
      code = value;
    },
    took: (step, seconds) => metrics.took(step, seconds),
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    host.on(name, () => {
      // The second signal does not wait for a clean stop.
      if (abort.signal.aborted) host.exit(130);
      abort.abort(new Failure('INTERRUPTED', `stopped by ${name}`));
    });
  }
  // A reader that has gone (`| head`, a terminal that was closed) is no reason to leave a migration half-way, with a stack trace.
  for (const stream of [host.stdout, host.stderr]) stream.on('error', ignoreGoneReader);
  const program = buildProgram(context);
  metrics.watch(program);
  try {
    await program.parseAsync(host.argv);
  } catch (error) {
    code = report(error, abort.signal, host);
  }
  try {
    await metrics.write(code);
  } catch (error) {
    code = Math.max(code, report(error, abort.signal, host));
  }
  await Promise.all([drainOutput(host.stdout), drainOutput(host.stderr)]);
  host.exit(code);
}

function ignoreGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function buildProgram(context: CliContext): Command {
  const program = new Command('causeway')
    .description('Moves a live SQLite application to PostgreSQL through Kafka, and proves that nothing was lost.')
    .addHelpText('after', EXIT_CODES)
    .version(TOOL_VERSION)
    .exitOverride()
    .configureOutput({ writeErr: (text) => void context.stderr.write(text) });
  registerDemo(program, context);
  registerDoctor(program, context);
  registerAssess(program, context);
  registerPlan(program, context);
  registerMigrate(program, context);
  registerVerify(program, context);
  registerStatus(program, context);
  registerCutover(program, context);
  registerComplete(program, context);
  registerDetach(program, context);
  registerRepair(program, context);
  registerThrottle(program, context);
  registerRehearse(program, context);
  registerBackup(program, context);
  registerRestore(program, context);
  registerReport(program, context);
  registerQuarantine(program, context);
  registerQueries(program, context);
  registerLoadtest(program, context);
  registerAdvise(program, context);
  overrideExits(program);
  return program;
}

/** A usage error must end through our own exit code, also in a command's subcommands. */
function overrideExits(command: Command): void {
  for (const sub of command.commands) {
    sub.exitOverride();
    overrideExits(sub);
  }
}

function report(error: unknown, signal: AbortSignal, host: NodeJS.Process): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const failure = asFailure(error, signal);
  if (host.argv.includes('--json')) host.stdout.write(`${JSON.stringify(failedOutcome(failure.code, failure.message))}\n`);
  host.stderr.write(`causeway: ${failure.code}: ${failure.message}\n  ${failure.remedy}\n`);
  if (failure.code === 'INTERNAL' && host.env.CAUSEWAY_LOG_LEVEL === 'debug') host.stderr.write(`${(error as Error).stack ?? ''}\n`);
  return exitCodeOf(failure.code);
}

function asFailure(error: unknown, signal: AbortSignal): Failure {
  if (error instanceof Failure) return error;
  const code: FailureCode = signal.aborted ? 'INTERRUPTED' : 'INTERNAL';
  return new Failure(code, messageOf(error), { cause: error });
}
