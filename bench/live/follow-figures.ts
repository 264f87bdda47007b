/** What following, switching and comparing cost and take, with the real commands on servers of the bench's own. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import pg from 'pg';

export interface FollowOptions {
  readonly folder: string;
  readonly rows: number;
  readonly brokers: string;
  readonly url: string;
  readonly perSecond: number;
  readonly cutovers: number;
  /** Changes in bulk transactions. */
  readonly bulk: number;
  readonly say: (text: string) => void;
}

export interface FollowFigures {
  readonly visibleMs: { readonly p50: number; readonly p99: number; readonly rate: number };
  readonly sustainedPerSecond: number;
  readonly fenceMs: { readonly p50: number; readonly max: number };
  readonly clientGapMs: { readonly max: number };
  readonly detectionMs: number;
  readonly rollingPassSeconds: number;
  readonly falseAlarms: number;
  /** Changes behind the last two. */
  readonly changes: number;
}

const MAIN = resolve(import.meta.dirname, '../../cli/dist/main.js');
const LOAD = resolve(import.meta.dirname, 'live-load.ts');
const PLANTED = 5;

export async function measureFollowing(options: FollowOptions): Promise<FollowFigures> {
  const bench = new FollowBench(options);
  try {
    await bench.begin();
    const visibleMs = await bench.visibility();
    const pass = await bench.rollingPass();
    const switches = await bench.switches();
    const sustainedPerSecond = await bench.sustained();
    const falseAlarms = await bench.divergences();
    const detectionMs = await bench.detection();
    return { visibleMs, sustainedPerSecond, ...switches, detectionMs, rollingPassSeconds: pass, falseAlarms, changes: await bench.changes() };
  } finally {
    await bench.end();
  }
}

const quantile = (values: readonly number[], q: number): number => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN;

interface LoadState {
  readonly acknowledged: number;
  readonly longestGapMs: number;
  readonly at: number;
}

class FollowBench {
  private readonly options: FollowOptions;
  private readonly file: string;
  private readonly primaryFile: string;
  private readonly client: pg.Client;
  private load: ChildProcess | undefined;
  private migrate: ChildProcess | undefined;

  constructor(options: FollowOptions) {
    this.options = options;
    this.file = join(options.folder, 'items.sqlite');
    this.primaryFile = join(options.folder, 'primary');
    this.client = new pg.Client({ connectionString: options.url });
    this.client.on('error', () => {});
  }

  async begin(): Promise<void> {
    makeItems(this.file, this.options.rows);
    writeFileSync(this.primaryFile, 'sqlite');
    await this.client.connect();
    this.migrate = this.command(['migrate', this.file, '--live', '--yes', '--quiet', '--no-backup']);
    await this.until("SELECT phase = 'following' FROM causeway.live", 'following');
    await this.until("SELECT (state->>'passes')::int > 0 FROM causeway.service WHERE name = 'validator'", 'the first pass');
    this.write(this.options.perSecond);
  }

  /** Commit in SQLite → visible in PostgreSQL, of every twentieth transaction. */
  async visibility(): Promise<FollowFigures['visibleMs']> {
    await sleep(3_000);
    const seen: number[] = [];
    let last = Number((await this.client.query('SELECT coalesce(max(id), 0) AS id FROM probe')).rows[0].id);
    const before = await this.ask({ stats: true });
    for (const until = performance.now() + 20_000; performance.now() < until; await sleep(2)) {
      const rows = (await this.client.query('SELECT id, ms FROM probe WHERE id > $1 ORDER BY id', [last])).rows as { id: string; ms: string }[];
      const now = Date.now();
      for (const row of rows) {
        seen.push(now - Number(row.ms));
        last = Number(row.id);
      }
    }
    const after = await this.ask({});
    const rate = Math.round(((after.acknowledged - before.acknowledged) / (after.at - before.at)) * 1000);
    const result = { p50: quantile(seen, 0.5), p99: quantile(seen, 0.99), rate };
    this.options.say(`visible after ${result.p50} ms (p50), ${result.p99} ms (p99) at ${rate} changes/s, ${seen.length} probes`);
    return result;
  }

  /** Median of the passes that ended while the application wrote. */
  async rollingPass(): Promise<number> {
    const seen = new Map<number, number>();
    for (const until = performance.now() + 40_000; performance.now() < until && seen.size < 3; await sleep(250)) {
      const { passes, seconds } = (await this.client.query("SELECT (state->>'passes')::int AS passes, (state->>'lastPassSeconds')::float8 AS seconds FROM causeway.service WHERE name = 'validator'")).rows[0];
      seen.set(passes, seconds);
    }
    const seconds = quantile([...seen.values()].slice(-2), 0.5);
    this.options.say(`rolling pass over ${this.options.rows} rows: ${seconds.toFixed(2)} s while following`);
    return seconds;
  }

  async switches(): Promise<Pick<FollowFigures, 'fenceMs' | 'clientGapMs'>> {
    const closed: number[] = [];
    const gaps: number[] = [];
    for (let i = 0; i < this.options.cutovers; i++) {
      await this.ask({ stats: true });
      const { closedMs } = await this.switch('cutover');
      await sleep(300);
      gaps.push((await this.ask({})).longestGapMs);
      closed.push(closedMs);
      await this.switch('rollback');
      await sleep(700);
    }
    const fenceMs = { p50: Math.round(quantile(closed, 0.5)), max: Math.round(Math.max(...closed)) };
    this.options.say(`under the fence ${fenceMs.p50} ms (p50), ${fenceMs.max} ms (max) of ${closed.length} cutovers; longest gap at the client ${Math.round(Math.max(...gaps))} ms`);
    return { fenceMs, clientGapMs: { max: Math.round(Math.max(...gaps)) } };
  }

  /** From the first bulk transaction until the last is visible. */
  async sustained(): Promise<number> {
    await this.stopWriting();
    this.write(0);
    await sleep(1_000);
    const began = performance.now();
    await this.ask({ bulk: this.options.bulk });
    const written = (performance.now() - began) / 1000;
    const db = new Database(this.file, { readonly: true });
    const end = db.prepare('SELECT max(id) FROM _causeway_log').pluck().get() as number;
    db.close();
    await this.until(`SELECT applied >= ${end} FROM causeway.stream_position`, 'the end of the bulk');
    const seconds = (performance.now() - began) / 1000;
    const rate = Math.round(this.options.bulk / seconds);
    this.options.say(`${this.options.bulk} changes in bulk transactions: written in ${written.toFixed(1)} s, visible after ${seconds.toFixed(1)} s: ${rate} changes/s`);
    return rate;
  }

  async divergences(): Promise<number> {
    await this.until("SELECT (state->>'unverified')::int = 0 AND (state->>'verifiedTo')::bigint >= (SELECT applied FROM causeway.stream_position LIMIT 1) FROM causeway.service WHERE name = 'validator'", 'everything compared');
    return Number((await this.client.query('SELECT count(*) AS n FROM causeway.divergence')).rows[0].n);
  }

  /** Rows that are corrupted on their way into PostgreSQL: from the commit in SQLite to the divergence in the record. */
  async detection(): Promise<number> {
    await this.client.query(`CREATE FUNCTION public.corrupt() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.quantity := NEW.quantity + 1; RETURN NEW; END';
      CREATE TRIGGER corrupt BEFORE INSERT ON public.item FOR EACH ROW WHEN (NEW.quantity < -1000) EXECUTE FUNCTION public.corrupt(); ALTER TABLE public.item ENABLE ALWAYS TRIGGER corrupt`);
    const took: number[] = [];
    for (let i = 1; i <= PLANTED; i++) {
      const began = performance.now();
      await this.ask({ touch: 1_000 * i, value: -1_000_000 - i });
      await this.until(`SELECT count(*) >= ${i} FROM causeway.divergence`, 'the planted divergence', 5);
      took.push(performance.now() - began);
    }
    this.options.say(`a planted divergence is found after ${Math.round(Math.max(...took))} ms at most (${PLANTED} planted)`);
    return Math.round(Math.max(...took));
  }

  async changes(): Promise<number> {
    return Number((await this.client.query('SELECT changes FROM causeway.stream_position')).rows[0].changes);
  }

  async end(): Promise<void> {
    await this.stopWriting();
    await gone(this.migrate);
    await this.client.end().catch(() => {});
  }

  private write(perSecond: number): void {
    const settings = { file: this.file, postgres: this.options.url, primaryFile: this.primaryFile, rows: this.options.rows, perSecond };
    this.load = fork(LOAD, [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  private async stopWriting(): Promise<void> {
    await gone(this.load);
  }

  private ask(message: { bulk?: number; touch?: number; value?: number; stats?: boolean }): Promise<LoadState> {
    const load = this.load as ChildProcess;
    return new Promise((done, fail) => {
      const ended = (): void => fail(new Error('the writer ended'));
      load.once('exit', ended);
      load.once('message', (state) => {
        load.off('exit', ended);
        done(state as LoadState);
      });
      load.send(message);
    });
  }

  private async switch(goal: 'cutover' | 'rollback'): Promise<{ closedMs: number }> {
    const child = this.command([goal, ...(goal === 'cutover' ? ['--no-backup'] : []), '--json', '--on-switch', `printf %s "$CAUSEWAY_PRIMARY" > '${this.primaryFile}'`]);
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk;
    });
    const code = await new Promise((done) => child.once('close', done));
    if (code !== 0) throw new Error(`${goal} ended with ${String(code)}: ${out}`);
    return JSON.parse(out.trim().split('\n').at(-1) ?? '') as { closedMs: number };
  }

  private command(args: readonly string[]): ChildProcess {
    const { url, brokers, folder } = this.options;
    return spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: url, KAFKA_BROKERS: brokers, CAUSEWAY_STATE: join(folder, 'state') }, stdio: ['ignore', 'pipe', 'inherit'] });
  }

  private async until(condition: string, what: string, everyMs = 50): Promise<void> {
    for (const end = performance.now() + 300_000; performance.now() < end; await sleep(everyMs)) {
      const result = await this.client.query(condition).catch(() => ({ rows: [] as Record<string, unknown>[] }));
      if (Object.values(result.rows[0] ?? {})[0] === true) return;
      if (this.migrate?.exitCode !== null && this.migrate?.exitCode !== undefined) throw new Error(`migrate --live ended with ${this.migrate.exitCode} before ${what}`);
    }
    throw new Error(`${what} was not reached`);
  }
}

async function gone(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGTERM');
  await exited;
}

function makeItems(file: string, rows: number): void {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, sku TEXT NOT NULL, description TEXT NOT NULL, quantity INTEGER NOT NULL, price REAL, at DATETIME); CREATE TABLE probe (id INTEGER PRIMARY KEY, ms INTEGER NOT NULL); INSERT INTO probe VALUES (-1, 0)');
  const insert = db.prepare('INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)');
  db.transaction(() => {
    for (let id = 1; id <= rows; id++) insert.run(id, `S-${id}`, `steel pump valve ring ${id}`, id % 500, id / 4, '2024-01-02 03:04:05');
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}
