/**
 * A live migration with an application that writes all the time: the real commands as processes, the sample shop with its
 * ledger, and what a test or a measurement does to them. Everything is ended by `close`, by its id.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LedgerComparison, comparePostgres, compareSqlite } from '@causeway/cli/demo/shop/compare-ledger';
import { makeShop } from '@causeway/cli/demo/shop/make-shop';
import { readShopStats, type ShopSettings, type ShopStats } from '@causeway/cli/demo/shop/shop-app';
import { readLedger } from '@causeway/cli/demo/shop/shop-ledger';
import pg from 'pg';
import type { Bench, CommandResult } from './causeway-command.ts';

export interface LiveShopOptions {
  readonly orders: number;
  readonly perSecond: number;
  readonly seed: number;
}

export type Part = 'extractor' | 'loader' | 'validator' | 'command' | 'shop';

export interface SwitchResult {
  readonly phase: string;
  readonly authoritative: string;
  readonly attempt: number;
  readonly closedMs: number | null;
  readonly steps: readonly { step: string; state: string; ms: number }[];
}

const SHOP = resolve(import.meta.dirname, '../../../cli/dist/demo/shop/shop-process.js');
const PATIENCE_MS = 90_000;

export class LiveShop {
  readonly file: string;
  readonly ledgerFile: string;
  private readonly bench: Bench;
  private readonly options: LiveShopOptions;
  readonly primaryFile: string;
  private readonly statsFile: string;
  private readonly client: pg.Client;
  private app: ChildProcess | undefined;
  private migrate: { child: ChildProcess; done: Promise<CommandResult> } | undefined;
  private starts = 0;

  private constructor(bench: Bench, options: LiveShopOptions) {
    this.bench = bench;
    this.options = options;
    this.file = join(bench.folder, 'shop.sqlite');
    this.ledgerFile = join(bench.folder, 'ledger.jsonl');
    this.primaryFile = join(bench.folder, 'primary');
    this.statsFile = join(bench.folder, 'stats.json');
    this.client = new pg.Client({ connectionString: bench.database.url });
    this.client.on('error', () => {});
  }

  static async open(bench: Bench, options: LiveShopOptions): Promise<LiveShop> {
    const shop = new LiveShop(bench, options);
    makeShop(shop, options.orders);
    await shop.client.connect();
    return shop;
  }

  /** The application, from now on. */
  write(perSecond = this.options.perSecond): void {
    const settings: ShopSettings = { file: this.file, primaryFile: this.primaryFile, ledgerFile: this.ledgerFile, statsFile: this.statsFile, postgres: this.bench.database.url, schema: 'public', perSecond, seed: this.options.seed + this.starts++, synchronous: 'NORMAL' };
    this.app = fork(SHOP, [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  async stopWriting(): Promise<ShopStats | null> {
    await ended(this.app, 'SIGTERM');
    return readShopStats(this.statsFile);
  }

  /** `migrate --live` in its foreground, started or started again. */
  follow(environment: Readonly<Record<string, string>> = {}): void {
    this.migrate = this.bench.start(['migrate', this.file, '--live', '--yes', '--json'], environment);
  }

  /** The result of a foreground that has ended by itself. */
  get followed(): Promise<CommandResult> {
    return (this.migrate as { done: Promise<CommandResult> }).done;
  }

  async untilPhase(...phases: string[]): Promise<void> {
    await this.until(async () => phases.includes(await this.phase()), `phase ${phases.join(' or ')}`);
  }

  async phase(): Promise<string> {
    return this.client.query('SELECT phase FROM causeway.live').then(
      (result) => (result.rows[0]?.phase as string | undefined) ?? 'none',
      () => 'none',
    );
  }

  async until(reached: () => Promise<boolean>, what: string): Promise<void> {
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(50)) {
      if (await reached()) return;
      if (this.migrate !== undefined && this.migrate.child.exitCode !== null && this.migrate.child.exitCode !== 0) throw new Error(`migrate --live ended while waiting for ${what}: ${(await this.migrate.done).stderr.slice(-2_000)}`);
    }
    throw new Error(`${what} was not reached`);
  }

  /** A cutover or rollback by the real command; the shop reads the new primary from its file. */
  switch(goal: 'cutover' | 'rollback', environment: Readonly<Record<string, string>> = {}): { child: ChildProcess; done: Promise<CommandResult> } {
    const onSwitch = `printf %s "$CAUSEWAY_PRIMARY" > '${this.primaryFile}'`;
    return this.bench.start([goal, '--json', '--ready-within', '60', '--deadline', '30', '--on-switch', onSwitch], environment);
  }

  async switched(goal: 'cutover' | 'rollback'): Promise<SwitchResult> {
    const result = await this.switch(goal).done;
    if (result.code !== 0) throw new Error(`${goal} ended with ${result.code}: ${result.stderr}`);
    return result.outcome as unknown as SwitchResult;
  }

  /** kill −9; false where it does not run. */
  kill(part: Part): boolean {
    if (part === 'shop') return this.app?.kill('SIGKILL') ?? false;
    if (part === 'command') return this.migrate?.child.kill('SIGKILL') ?? false;
    const pid = servicesOf(this.migrate?.child.pid).find((service) => service.name === part)?.pid;
    if (pid === undefined) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  }

  /** Of `migrate --live`. */
  get commandPid(): number | undefined {
    return this.migrate?.child.pid;
  }

  get shopRuns(): boolean {
    return this.app !== undefined && this.app.exitCode === null && this.app.signalCode === null;
  }

  get commandRuns(): boolean {
    return this.migrate !== undefined && this.migrate.child.exitCode === null && this.migrate.child.signalCode === null;
  }

  /** Nothing is under way in either direction: both sides hold what the ledger says, or never will. */
  async untilStill(): Promise<void> {
    let still = 0;
    await this.until(async () => {
      const [a, b] = [await this.compare('sqlite'), await this.compare('postgresql')];
      still = problems(a) + problems(b) === 0 ? still + 1 : 0;
      return still > 0;
    }, 'equality with the ledger').catch(() => {});
  }

  async compare(side: 'sqlite' | 'postgresql'): Promise<LedgerComparison> {
    return side === 'sqlite' ? compareSqlite(this.ledgerFile, this.file) : comparePostgres(this.ledgerFile, this.bench.database.url, 'public');
  }

  get acknowledged(): number {
    return readLedger(this.ledgerFile).transactions;
  }

  setPrimary(primary: 'sqlite' | 'postgresql'): void {
    writeFileSync(this.primaryFile, primary);
  }

  query(sql: string): Promise<pg.QueryResult> {
    return this.client.query(sql);
  }

  async endFollowing(): Promise<void> {
    await ended(this.migrate?.child, 'SIGTERM');
  }

  async close(): Promise<void> {
    await ended(this.app, 'SIGTERM');
    await this.endFollowing();
    await this.client.end().catch(() => {});
  }
}

export function problems(found: LedgerComparison): number {
  return found.lost + found.doubled + found.different;
}

async function ended(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await gone;
  clearTimeout(force);
}

/** The service processes of a command. */
export function servicesOf(command: number | undefined): { pid: number; name: string }[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const m = /^\s*(\d+)\s+(\d+)\s+.*services\/(\w+)\/dist\/main\.js/.exec(line);
    return m !== null && Number(m[2]) === command ? [{ pid: Number(m[1]), name: m[3] as string }] : [];
  });
}
