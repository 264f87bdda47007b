/** The processes of one run, its database and its files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { makeAppDatabase } from '@causeway/testkit/sample-app/make-app-database';
import { compareLedger, type LedgerVerdict } from '@causeway/testkit/sample-app/compare/compare-ledger';
import { switchCommand, writePrimary } from '@causeway/testkit/sample-app/primary-file';
import Database from 'better-sqlite3';
import pg from 'pg';
import type { RunPlan } from './draw-plan.ts';
import { killNow } from './kill.ts';
import { Observer } from './observer.ts';
import type { Servers } from './servers.ts';
import { SmallDisk } from './small-disk.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const APPLICATION = join(ROOT, 'packages/testkit/dist/sample-app/main.js');
const WORKERS = 3;
const STATE_MIB = 32;

export interface LivePlace {
  readonly phase: string;
  readonly attempt: number;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

export class Stage {
  readonly folder: string;
  readonly file: string;
  readonly ledger: string;
  private readonly primary: string;
  private readonly plan: RunPlan;
  private readonly servers: Servers;
  private readonly database: string;
  private application: ChildProcess | undefined;
  private command: ChildProcess | undefined;
  private readonly began = performance.now();
  /** Starts of migrate --live beyond the first that the plan did not ask for. */
  unplanned = 0;
  private schemaBefore = '';
  stateDisk: SmallDisk | undefined;
  readonly observer: Observer;
  private readonly main: string;
  /** Passed fail points, one a line. */
  readonly trace: string;

  private constructor(plan: RunPlan, servers: Servers, root: string) {
    this.plan = plan;
    this.main = join(root, 'cli/dist/main.js');
    this.servers = servers;
    this.folder = mkdtempSync(join(tmpdir(), `causeway-crash-${plan.seed}-`));
    this.database = `crash_${plan.seed}_${process.pid}`;
    [this.file, this.ledger, this.primary] = [join(this.folder, 'app.sqlite'), join(this.folder, 'ledger.jsonl'), join(this.folder, 'primary')];
    this.trace = join(this.folder, 'points');
    mkdirSync(join(this.folder, 'acted'));
    if (plan.faults.some((fault) => fault.victim === 'state disk')) this.stateDisk = SmallDisk.mount(join(this.folder, 'state'), STATE_MIB, '0700');
    this.observer = new Observer(this.directUrl);
  }

  /** `root`: where the built product stands; another one than this checkout is one with a planted bug. */
  static async set(plan: RunPlan, servers: Servers, root = ROOT): Promise<Stage> {
    const stage = new Stage(plan, servers, root);
    await stage.administer(`DROP DATABASE IF EXISTS ${stage.database} WITH (FORCE)`);
    await stage.administer(`CREATE DATABASE ${stage.database} TEMPLATE template0 ENCODING 'UTF8'`);
    makeAppDatabase(stage.file, { workers: WORKERS, ballast: plan.ballast });
    stage.schemaBefore = stage.schema();
    writePrimary(stage.primary, 'sqlite');
    return stage;
  }

  /** Past the proxy: for the harness itself. */
  get directUrl(): string {
    return named(this.servers.adminUrl(), this.database);
  }

  /** Through the proxy: for causeway and for the application. */
  get url(): string {
    const url = new URL(this.directUrl);
    url.hostname = '127.0.0.1';
    url.port = String(this.servers.postgres.port);
    return url.href;
  }

  tell(text: string): void {
    appendFileSync(join(this.folder, 'events.log'), `${((performance.now() - this.began) / 1000).toFixed(2)} ${text}\n`);
  }

  async startApplication(): Promise<void> {
    const { plan } = this;
    const args = ['--sqlite', this.file, '--ledger', this.ledger, '--primary', this.primary, '--postgres', this.url, '--rate', String(plan.rate), '--seed', String(plan.seed), '--workers', String(WORKERS), '--ballast', String(plan.ballast)];
    const log = openSync(join(this.folder, 'application.log'), 'a');
    const child = spawn(process.execPath, [APPLICATION, ...args], { stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    this.application = child;
    child.once('exit', (code, signal) => this.tell(`application ended: ${code ?? signal}`));
  }

  async stopApplication(): Promise<void> {
    const child = this.application;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = (await Promise.race([ended, sleep(30_000, ['stuck'])])) as [number | string];
    if (code !== 0) throw new Error(`the application ended with ${code}; its log is ${join(this.folder, 'application.log')}`);
  }

  /** migrate --live in the foreground; started again when it ends unasked, with the fail points only where each acts once. */
  startCommand(failPoint?: string): void {
    const child = this.spawnCommand(['migrate', this.file, '--live', '--yes', '--quiet', '--json'], 'migrate', failPoint);
    this.command = child;
    child.once('exit', (code, signal) => {
      this.tell(`migrate --live ended: ${code ?? signal}`);
      if (this.command !== child || code === 0) return;
      if (signal === null) this.unplanned++;
      if (this.unplanned <= this.mostUnplanned) this.startCommand(this.plan.once === true ? failPoint : undefined);
    });
  }

  async stopCommand(): Promise<void> {
    const child = this.command;
    this.command = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(20_000).then(() => child.kill('SIGKILL'))]);
  }

  /** Whether migrate --live ends by itself, with 0. */
  async commandEnds(ms: number): Promise<boolean> {
    for (const until = Date.now() + ms; Date.now() < until; await sleep(50)) if (this.command?.exitCode === 0) return true;
    return false;
  }

  /** One of causeway's commands to its end; `onStart` is told the process. */
  async run(args: readonly string[], options: { failPoint?: string | undefined; onStart?: (child: ChildProcess) => void; log?: string } = {}): Promise<Ended> {
    const name = options.log ?? (args[0] as string);
    const child = this.spawnCommand(args, name, options.failPoint);
    options.onStart?.(child);
    const timer = setTimeout(() => child.kill('SIGKILL'), 120_000);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    clearTimeout(timer);
    const output = readFileSync(join(this.folder, `${name}.log`), 'utf8').slice(-600);
    this.tell(`${args.join(' ').slice(0, 60)}: ${code ?? signal}`);
    return { code, signal, output };
  }

  get switchArguments(): string[] {
    return ['--on-switch', switchCommand(this.primary, this.url), '--ready-within', this.plan.hasty === true ? '45' : '60', '--deadline', this.plan.hasty === true ? '15' : '30', '--json'];
  }

  /** Names of the fail points that any process has passed. */
  passed(): string[] {
    return [...new Set(this.traced().filter((name) => !name.startsWith('!')))].sort();
  }

  /** Whether a fail point (`name:action@n`) has acted. */
  acted(point: string): boolean {
    return this.traced().includes(`!${point.split(':')[0]}`);
  }

  /** How often migrate --live has ended because another process had taken over. */
  timesFenced(): number {
    return readFileSync(join(this.folder, 'migrate.log'), 'utf8').split('"code":"FENCED"').length - 1;
  }

  private traced(): string[] {
    return existsSync(this.trace) ? readFileSync(this.trace, 'utf8').split('\n').filter((name) => name !== '') : [];
  }

  /** A fault may end the command once; what ends it again and again is no fault of ours. */
  private get mostUnplanned(): number {
    return 10 + this.plan.faults.length;
  }

  get commandPid(): number | undefined {
    return this.command?.pid;
  }

  /** Kills the application and starts it again; false where it had gone. */
  async killApplication(): Promise<boolean> {
    const dead = killNow(this.application?.pid);
    await sleep(100);
    await this.startApplication();
    return dead;
  }

  /** Null before there is one, and where the server is away. */
  async live(): Promise<LivePlace | null> {
    return this.query('SELECT phase, attempt::int AS attempt FROM causeway.live').then((rows) => (rows[0] as LivePlace | undefined) ?? null, () => null);
  }

  async query(sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: this.directUrl, connectionTimeoutMillis: 3_000 });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(sql)).rows as unknown[];
    } finally {
      await client.end();
    }
  }

  async untilPhase(...phases: string[]): Promise<void> {
    for (const until = Date.now() + 90_000; Date.now() < until; await sleep(25)) {
      const live = await this.live();
      if (live !== null && phases.includes(live.phase)) return;
      if (this.unplanned > this.mostUnplanned) throw new Error('migrate --live ends again and again');
    }
    throw new Error(`the migration is not ${phases.join(' or ')} after 90 s but ${(await this.live())?.phase ?? 'not there'}`);
  }

  compare(sides: 'both' | 'postgres' | 'sqlite' = 'both'): Promise<LedgerVerdict> {
    return compareLedger({ ledger: this.ledger, ...(sides === 'postgres' ? {} : { sqlite: this.file }), ...(sides === 'sqlite' ? {} : { postgres: this.directUrl }) });
  }

  /** Everything of SQLite's schema as text. */
  schema(): string {
    const db = new Database(this.file, { readonly: true });
    try {
      return JSON.stringify(db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').raw().all());
    } finally {
      db.close();
    }
  }

  get schemaIsAsBefore(): boolean {
    return this.schema() === this.schemaBefore;
  }

  /** Ends everything; keeps files and database where something is to be looked at. */
  async close(keep: boolean): Promise<void> {
    killNow(this.application?.exitCode === null ? this.application.pid : undefined);
    await this.stopCommand();
    if (keep) return;
    await this.administer(`DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`);
    this.stateDisk?.unmount();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private spawnCommand(args: readonly string[], log: string, failPoint?: string): ChildProcess {
    const descriptor = openSync(join(this.folder, `${log}.log`), 'a');
    const environment = { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: this.url, KAFKA_BROKERS: `127.0.0.1:${this.servers.kafka.port}`, CAUSEWAY_STATE: join(this.folder, 'state'), FAILPOINT_TRACE: this.trace, ...(failPoint === undefined ? {} : { FAILPOINT: failPoint }), ...(this.plan.once === true ? { FAILPOINT_ONCE: join(this.folder, 'acted') } : {}) };
    const child = spawn(process.execPath, [this.main, ...args], { cwd: this.folder, env: { ...environment, ...this.clock }, stdio: ['ignore', descriptor, descriptor] });
    closeSync(descriptor);
    return child;
  }

  private get clock(): Record<string, string> {
    const fault = this.plan.faults.find(({ clock }) => clock !== undefined);
    if (fault?.clock === undefined) return {};
    return { NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'shift-clock.mjs')).href}`, CRASH_CLOCK: `${fault.clock.service}:${fault.clock.shiftMs}:${fault.delayMs}` };
  }

  private async administer(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: named(this.servers.adminUrl(), 'postgres') });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }
}

function named(address: string, database: string): string {
  const url = new URL(address);
  url.pathname = `/${database}`;
  return url.href;
}
