/** Starts the services of a migration, follows the control record through its phases, and passes on what they tell. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atLeast, type Phase, readMigration } from '@causeway/control/record/migration-record';
import type { ServiceMessage } from '@causeway/runtime/service-lifecycle';
import type pg from 'pg';
import { ScrapeTargets } from '../services/scrape-targets.ts';
import { passedOn } from '../services/passed-on.ts';
import { type ServiceName, ServiceProcess } from '../services/service-process.ts';

export interface ServiceEnvironment {
  readonly migration: string;
  readonly databaseUrl: string;
  readonly transport: 'kafka' | 'embedded';
  readonly brokers: string;
  readonly embeddedFile: string;
  readonly stateFolder: string;
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** Prometheus is not told of them: they live for one verification. */
  readonly passing?: true;
  /** They stay for as long as the migration lives, and wait for a target that is away. */
  readonly staying?: true;
}

export interface ServiceUsage {
  readonly service: ServiceName;
  readonly peakRssMiB: number;
  readonly cpuSeconds: number;
}

export interface ServicesListener {
  readonly onProgress: (message: Extract<ServiceMessage, { type: 'progress' }>) => void;
  readonly onNote: (text: string) => void;
}

const POLL_MS = 50;
export class MigrationServices {
  readonly usage: ServiceUsage[] = [];
  private readonly processes = new Map<ServiceName, ServiceProcess>();
  private readonly environment: ServiceEnvironment;
  private readonly listener: ServicesListener;
  private readonly targets: ScrapeTargets;

  constructor(environment: ServiceEnvironment, listener: ServicesListener) {
    this.environment = environment;
    this.listener = listener;
    mkdirSync(environment.stateFolder, { recursive: true, mode: 0o700 });
    this.targets = new ScrapeTargets(environment.stateFolder, environment.migration, environment.inherited['CAUSEWAY_METRICS_HOST']);
  }

  /** Of a service that runs already: that one. */
  start(name: ServiceName, extra: Readonly<Record<string, string>> = {}): ServiceProcess {
    const running = this.processes.get(name);
    if (running !== undefined) return running;
    const { environment } = this;
    const process_ = new ServiceProcess({
      name,
      logFile: join(environment.stateFolder, `${name}.log`),
      environment: {
        ...passedOn(environment.inherited),
        ...portOf(name, environment.inherited),
        CAUSEWAY_MIGRATION: environment.migration,
        DATABASE_URL: environment.databaseUrl,
        CAUSEWAY_TRANSPORT: environment.transport,
        KAFKA_BROKERS: environment.brokers,
        CAUSEWAY_EMBEDDED_FILE: environment.embeddedFile,
        ...extra,
      },
      onMessage: (message) => this.received(name, message),
      onRestart: (why) => this.listener.onNote(why),
      patient: environment.staying === true,
    });
    this.processes.set(name, process_);
    return process_;
  }

  process(name: ServiceName): ServiceProcess {
    return this.processes.get(name) as ServiceProcess;
  }

  /** The migration has ended, and its services with it. */
  async end(): Promise<void> {
    await this.stopAll();
    this.targets.remove();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.processes.values()].map((p) => p.stop()));
  }

  /** Waits for a phase; rejects as soon as a service tells a failure. */
  async untilPhase(pool: pg.Pool, phase: Phase, signal: AbortSignal): Promise<void> {
    const failed = this.failed();
    for (;;) {
      signal.throwIfAborted();
      if (atLeast((await readMigration(pool, this.environment.migration)).phase, phase)) return;
      await Promise.race([failed, sleep(POLL_MS, undefined, { signal })]);
    }
  }

  /** Rejects when a service tells a failure; never resolves. */
  failed(): Promise<never> {
    const failed = Promise.race([...this.processes.values()].map((p) => p.done.then(() => new Promise<never>(() => {}))));
    failed.catch(() => {});
    return failed;
  }

  private received(service: ServiceName, message: ServiceMessage): void {
    if (message.type === 'ready' && this.environment.passing !== true) this.targets.add(service, message.metricsPort);
    if (message.type === 'progress') this.listener.onProgress(message);
    if (message.type === 'usage') this.usage.push({ service, peakRssMiB: message.peakRssMiB, cpuSeconds: message.cpuSeconds });
  }
}

/** Three services on one machine cannot share a port: each has a variable of its own here. */
function portOf(name: ServiceName, inherited: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const port = inherited[`CAUSEWAY_${name.toUpperCase()}_METRICS_PORT`];
  return port === undefined ? {} : { CAUSEWAY_METRICS_PORT: port };
}
