/** The sample ERP as an installation: its database, its servers and writers, and its manage.py. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool } from '../../../packages/runtime/dist/postgres-pool.js';
import { PROJECT, ROOT } from './environment.ts';
import { end, hasEnded, lastLines, run, start, type Started, untilListening } from './processes.ts';

export interface ErpOptions {
  readonly bin: string;
  readonly folder: string;
  readonly url: string;
  /** Arguments of the causeway command that name its transport. */
  readonly transport: readonly string[];
  /** Empty without Kafka. */
  readonly brokers: string;
}

export class Erp {
  readonly sqlite: string;
  readonly ledgers: readonly string[];
  private readonly options: ErpOptions;
  private readonly env: Record<string, string>;
  private readonly running: Started[] = [];
  private follower: Started | undefined;

  constructor(options: ErpOptions) {
    this.options = options;
    this.sqlite = join(options.folder, 'erp.sqlite3');
    this.ledgers = ['web', 'worker', 'cron'].map((name) => join(options.folder, `${name}.jsonl`));
    this.env = { ERP_SQLITE: this.sqlite, DATABASE_URL: options.url, CAUSEWAY_COMMAND: join(ROOT, 'causeway'), CAUSEWAY_STATE: join(options.folder, 'state'), PYTHONUNBUFFERED: '1', ...(options.brokers === '' ? {} : { KAFKA_BROKERS: options.brokers }) };
  }

  /** An empty folder, and the sample in it. */
  async make(rows: number, users: number): Promise<string> {
    rmSync(this.options.folder, { recursive: true, force: true });
    mkdirSync(this.options.folder, { recursive: true, mode: 0o700 });
    await this.manage(['migrate', '--verbosity', '0']);
    return (await this.manage(['erp_seed', '--rows', String(rows), '--users', String(users)])).trim();
  }

  /** Rows of a table whose keys have no gap yet. */
  async count(model: string): Promise<number> {
    return Number(await this.manage(['shell', '--verbosity', '0', '-c', `from django.apps import apps; print(apps.get_model("${model}").objects.count())`]));
  }

  /** The port that it answers on. */
  async serve(): Promise<number> {
    const port = await freePort();
    const [, worker, cron] = this.ledgers as [string, string, string];
    const server = this.start('gunicorn', 'gunicorn', ['-c', 'gunicorn.conf.py', 'erp.wsgi'], { ERP_BIND: `127.0.0.1:${port}` });
    this.start('worker', 'python', ['manage.py', 'erp_worker', '--ledger', worker]);
    this.start('cron', 'python', ['manage.py', 'erp_cron', '--every', '1', '--ledger', cron]);
    await untilListening(server, port);
    return port;
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map(end));
  }

  /** `manage.py causeway_migrate --live`, until the migration is completed. */
  migrate(): void {
    this.follower = this.start('causeway_migrate', 'python', ['manage.py', 'causeway_migrate', '--live', ...this.options.transport], {}, false);
  }

  async migrated(): Promise<void> {
    const { follower } = this;
    if (follower === undefined) return;
    if (!hasEnded(follower)) await new Promise<void>((resolve) => follower.child.once('exit', () => resolve()));
    if (follower.child.exitCode !== 0) throw new Error(`causeway_migrate ended with ${follower.child.exitCode}:\n${lastLines(readFileSync(follower.log, 'utf8'))}`);
  }

  async endMigrate(): Promise<void> {
    if (this.follower !== undefined) await end(this.follower);
  }

  /** Throws where something that should run does not. */
  check(): void {
    for (const started of [...this.running, ...(this.follower === undefined ? [] : [this.follower])]) {
      if (hasEnded(started)) throw new Error(`${started.name} has ended:\n${lastLines(readFileSync(started.log, 'utf8'))}`);
    }
  }

  manage(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    return run({ name: `manage.py ${args[0]}`, command: join(this.options.bin, 'python'), args: ['manage.py', ...args], cwd: PROJECT, env: { ...this.env, ...env } });
  }

  /** A command that will not come to its end. */
  begin(args: readonly string[]): { kill(): Promise<void> } {
    const started = start({ name: 'killed', command: join(this.options.bin, 'python'), args: ['manage.py', ...args], cwd: PROJECT, env: this.env }, join(this.options.folder, 'killed.log'), true);
    return {
      kill: async () => {
        // The command, and the program that it runs; not the gate's, which has a group of its own.
        if (started.child.pid !== undefined && !hasEnded(started)) process.kill(-started.child.pid, 'SIGKILL');
        await end(started);
      },
    };
  }

  /** Waits until a step of a switch is at work, or has been. */
  async untilStep(step: string): Promise<void> {
    const pool = createPool({ url: this.options.url, max: 1, applicationName: 'causeway demo' });
    try {
      const attempt = 'SELECT 1 FROM causeway.step s JOIN causeway.live l USING (migration) WHERE s.step = $1 AND s.attempt > $2';
      const before = (await pool.query('SELECT attempt FROM causeway.live')).rows[0].attempt;
      for (const until = performance.now() + 60_000; performance.now() < until; await sleep(2)) if ((await pool.query(attempt, [step, before])).rowCount !== 0) return;
      throw new Error(`${step} does not begin`);
    } finally {
      await pool.end();
    }
  }

  /** One of gunicorn's; the arbiter starts another. */
  killWorker(): number {
    const [server] = this.running;
    const children = readFileSync(`/proc/${server?.child.pid}/task/${server?.child.pid}/children`, 'utf8').trim().split(' ');
    const worker = Number(children[0]);
    process.kill(worker, 'SIGKILL');
    return worker;
  }

  /** The last line of a command that prints JSON. */
  async json(args: readonly string[]): Promise<Record<string, unknown>> {
    const out = await this.manage([...args, '--json']);
    return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  }

  async compare(address: string): Promise<Record<string, unknown>> {
    const out = await run({ name: 'compare_ledger.py', command: join(this.options.bin, 'python'), args: ['demo/compare_ledger.py', ...this.ledgers, '--', address], cwd: PROJECT, env: this.env });
    return JSON.parse(out) as Record<string, unknown>;
  }

  private start(name: string, program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, kept = true): Started {
    const started = start({ name, command: join(this.options.bin, program), args, cwd: PROJECT, env: { ...this.env, ...env } }, join(this.options.folder, `${name}.log`));
    if (kept) this.running.push(started);
    return started;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
