/**
 * Starts a service as a process of its own and starts it again when it is killed: every service resumes from the
 * control record. The connection string travels in the environment, never in the arguments.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Failure, type FailureCode } from '@causeway/contracts/failures';
import type { ServiceMessage } from '@causeway/runtime/service-lifecycle';
import { COMPILE_CACHE } from '../compile-cache.ts';

export type ServiceName = 'extractor' | 'loader' | 'validator';

export interface ServiceOptions {
  readonly name: ServiceName;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly onMessage: (message: ServiceMessage) => void;
  readonly onRestart: (why: string) => void;
  /** It lives for weeks: a server that is away for a while, or somebody who ends it, only makes it start again. */
  readonly patient?: boolean;
}

/** A service that dies this often, each time soon after its start, has a cause that another start does not mend. */
const MAX_RESTARTS = 20;
const SOON_MS = 60_000;
/** Trouble that ends by itself. */
const PASSING: ReadonlySet<FailureCode> = new Set(['TARGET_UNREACHABLE', 'BROKER_UNREACHABLE', 'SOURCE_BUSY']);
/** Between two starts while it lasts. */
const PATIENCE_MS = 1_000;
const STOP_DEADLINE_MS = 12_000;
/**
 * Collector threads of three processes only take turns with the work on two cores: collecting on the thread that
 * allocates made a load of a million rows 0.8 s of 6.3 s faster, the larger young generation 0.2 s more (measured).
 */
const NODE_FLAGS = ['--single-threaded-gc', '--max-semi-space-size=32'];
/** A validator that stays shares the machine for weeks: 206 MiB instead of 281 MiB, no slower (measured). */
const STAYING_FLAGS = ['--single-threaded-gc', '--max-semi-space-size=8'];
/** The C library keeps large freed buffers for later, up to 32 MiB each, unless it is told where its own share ends. */
const MEMORY = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '262144', MALLOC_TRIM_THRESHOLD_: '1048576' };

function nodeFlags(environment: Readonly<Record<string, string>>): readonly string[] {
  return environment['CAUSEWAY_MODE'] === 'live' ? STAYING_FLAGS : NODE_FLAGS;
}

export class ServiceProcess {
  /** Resolves with the exit code of the run that ended by itself; rejects with the failure that the service told. */
  readonly done: Promise<number>;
  private child: ChildProcess | undefined;
  private stopping = false;
  private restarts = 0;
  private startedAt = 0;
  private failure: { code: FailureCode; message: string } | undefined;
  private resolve: (code: number) => void = () => {};
  private reject: (error: unknown) => void = () => {};
  private readonly options: ServiceOptions;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.done.catch(() => {});
    this.start();
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await gone;
    clearTimeout(force);
  }

  private start(): void {
    const { name, environment, logFile } = this.options;
    const main = fileURLToPath(new URL(`../../../services/${name}/dist/main.js`, import.meta.url));
    const log = openSync(logFile, 'a', 0o600);
    // Invariant: I16
    const child = spawn(process.execPath, [...nodeFlags(this.options.environment), main], { env: { ...environment, ...MEMORY, NODE_COMPILE_CACHE: COMPILE_CACHE, CAUSEWAY_GROUP_SUFFIX: randomBytes(4).toString('hex') }, stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    this.child = child;
    this.startedAt = performance.now();
    this.failure = undefined;
    child.on('message', (message: ServiceMessage) => {
      if (message.type === 'failed') this.failure = message;
      this.options.onMessage(message);
    });
    child.on('error', (cause) => this.reject(new Failure('PART_FAILED', `the ${name} could not be started`, { cause })));
    child.on('exit', (code, signal) => this.exited(code, signal));
  }

  private exited(code: number | null, signal: NodeJS.Signals | null): void {
    const { name, logFile } = this.options;
    if (this.stopping) return this.resolve(code ?? 130);
    const told = this.failure?.code;
    const patient = this.options.patient === true;
    if (patient && told !== undefined && PASSING.has(told)) return void setTimeout(() => this.stopping || this.start(), PATIENCE_MS);
    if (this.failure !== undefined && !(patient && told === 'INTERRUPTED')) return this.reject(new Failure(this.failure.code, this.failure.message));
    // Node itself ends with 1 after an uncaught error; only the validator has a verdict to tell with it.
    if (code === 0 || (code === 1 && name === 'validator')) return this.resolve(code);
    if (performance.now() - this.startedAt > SOON_MS) this.restarts = 0;
    if (++this.restarts > MAX_RESTARTS) return this.reject(new Failure('PART_FAILED', `the ${name} ended ${this.restarts} times; its log is ${logFile}`));
    this.options.onRestart(`the ${name} ended ${signal === null ? `with code ${code}` : `by ${signal}`}; starting it again`);
    this.start();
  }
}
