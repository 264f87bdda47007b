/**
 * `npm run demo:django`: the sample ERP under gunicorn with a hundred people at work, a worker and a cron job, moves to
 * PostgreSQL, back, and to PostgreSQL again, and nobody notices.
 *   --json FILE  --rows N (20000)  --sessions N (100)  --rate N a second (40)  --baseline SECONDS (20)  --between SECONDS (8)
 *   --kill: each switch is begun, killed with -9 somewhere on its way together with a worker of gunicorn, and run again
 *   --transport kafka|embedded  --to ADDRESS  --state FOLDER (.causeway)
 */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openParts } from '../../../cli/dist/open-parts.js';
import { createPool } from '../../../packages/runtime/dist/postgres-pool.js';
import { ensureEnvironment, EnvironmentMissing } from './environment.ts';
import { Erp } from './erp.ts';
import { Load, type PhaseFigures } from './load.ts';

const BAR_MS = 1_500;
const PATIENCE_MS = 600_000;

const text = (value?: string) => ({ type: 'string', ...(value === undefined ? {} : { default: value }) }) as const;
const { values: flags } = parseArgs({
  options: { json: text(), rows: text('20000'), sessions: text('100'), rate: text('40'), baseline: text('20'), between: text('8'), kill: { type: 'boolean', default: false }, transport: text(), to: text(), state: text('.causeway') },
});
const caller = process.env['INIT_CWD'] ?? process.cwd();
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());

async function main(): Promise<number> {
  const bin = ensureEnvironment(say);
  const state = resolve(caller, flags.state);
  const context = { cwd: caller, environment: process.env, signal: abort.signal, stdout: process.stdout, stderr: process.stderr, version: '', setExitCode: () => {} };
  const parts = await openParts({ url: flags.to ?? null, brokers: undefined, transport: flags.transport as 'kafka' | 'embedded' | undefined, state, context });
  for (const note of parts.notes) say(note);
  const database = `causeway_erp_${randomBytes(4).toString('hex')}`;
  const pool = createPool({ url: parts.url, max: 2, applicationName: 'causeway demo' });
  try {
    await pool.query(`CREATE DATABASE ${database}`);
    const url = new URL(parts.url);
    url.pathname = `/${database}`;
    const { kind, brokers } = parts.transport;
    const transport = ['--transport', kind, ...(kind === 'kafka' ? ['--brokers', brokers] : [])];
    return await story(new Erp({ bin, folder: join(state, 'demo-django'), url: url.href, transport, brokers }), url.href);
  } finally {
    await pool.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`).catch(() => {});
    await pool.end();
    await parts.close();
  }
}

async function story(erp: Erp, url: string): Promise<number> {
  let load: Load | undefined;
  try {
    say(await erp.make(Number(flags.rows), Number(flags.sessions)));
    closeSync(openSync(erp.ledgers[0] as string, 'a'));
    const [products, partners] = [await erp.count('catalog.Product'), await erp.count('partners.Partner')];
    const port = await erp.serve();
    load = new Load({ port, sessions: Number(flags.sessions), perSecond: Number(flags.rate), ledger: erp.ledgers[0] as string, products, partners });
    await load.logIn();
    say(`${flags.sessions} people have logged in; ${flags.rate} requests a second from now on`);
    load.start();
    // The first requests of every thread open its connection: part of the baseline, not of its measure.
    await pause(3);
    await load.endPhase();
    await pause(Number(flags.baseline));
    const baseline = await load.endPhase();
    say(`without a migration: ${figures(baseline)}`);
    for (const failure of baseline.failures.slice(0, 10)) say(`failed: ${failure}`);
    const switches = await migrated(erp);
    const requests = await load.endPhase();
    say(`with one, two cutovers and a rollback: ${figures(requests)}`);
    await load.stop();
    load = undefined;
    await erp.stop();
    return await judge(erp, url, { baseline, requests, switches });
  } finally {
    await load?.stop();
    await erp.stop();
    await erp.endMigrate();
  }
}

interface Switch {
  readonly goal: string;
  readonly closedMs: unknown;
  readonly steps: unknown;
}

async function migrated(erp: Erp): Promise<Switch[]> {
  const switches: Switch[] = [];
  const began = performance.now();
  erp.migrate();
  await following(erp);
  say(`PostgreSQL follows, ${Math.round((performance.now() - began) / 1000)} s after the command`);
  await pause(Number(flags.between));
  for (const goal of ['cutover', 'rollback', 'cutover']) {
    erp.check();
    if (flags.kill) await killed(erp, goal, switches.length);
    const outcome = await erp.json([`causeway_${goal}`, ...withoutBackup(goal)]);
    switches.push({ goal, closedMs: outcome['closedMs'], steps: outcome['steps'] });
    say(`${goal}: ${outcome['authoritative']} is the primary; nobody could write for ${Math.round(Number(outcome['closedMs']))} ms`);
    await pause(Number(flags.between));
  }
  erp.check();
  return switches;
}

/** Figures are those of the switch: a dump beside it would take its share of the machine. */
const withoutBackup = (goal: string): string[] => (goal === 'cutover' ? ['--no-backup'] : []);

/** Begun and killed: just before the gate, within the switch, or behind it, and never in the same place. */
async function killed(erp: Erp, goal: string, n: number): Promise<void> {
  const step = [`${goal}_gate`, goal === 'cutover' ? 'cutover_drain' : 'rollback_close', `${goal}_verify`][n % 3] as string;
  const command = erp.begin([`causeway_${goal}`, ...withoutBackup(goal)]);
  await erp.untilStep(step);
  await command.kill();
  const worker = erp.killWorker();
  say(`${goal}: killed with -9 at ${step}, and gunicorn's worker ${worker}`);
  await pause(2);
}

async function following(erp: Erp): Promise<void> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await pause(1)) {
    erp.check();
    const status = await erp.json(['causeway_status']).catch(() => null);
    if (JSON.stringify(status ?? {}).includes('"following"')) return;
  }
  throw new Error('the migration does not follow');
}

async function judge(erp: Erp, url: string, { baseline, requests, switches }: { baseline: PhaseFigures; requests: PhaseFigures; switches: readonly Switch[] }): Promise<number> {
  const postgresql = await erp.compare(url);
  // Nothing writes any more: what is on its way back to SQLite arrives.
  let sqlite = await erp.compare(erp.sqlite);
  for (const until = performance.now() + PATIENCE_MS; wrong(sqlite) > 0 && performance.now() < until; await pause(1)) sqlite = await erp.compare(erp.sqlite);
  const check = await erp.json(['causeway_check']).catch((error: Error) => ({ failed: error.message }));
  // A backup needs PostgreSQL's own client, which not every machine has.
  await erp.manage(['causeway_complete', '--no-backup']);
  await erp.migrated();
  const others = erp.ledgers.slice(1).flatMap((file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])).filter((line) => line.includes('"failure"'));
  const lostWrites = wrong(postgresql) + wrong(sqlite);
  const limit = baseline.longestMs + BAR_MS;
  // What a killed worker had in hand is cut off, and a killed command is waited for; nothing else may fail, and nothing be lost.
  const unexplained = flags.kill ? requests.failures.filter((failure) => !/socket hang up|ECONNRESET|EPIPE/.test(failure)).length : requests.failed;
  const good = unexplained <= baseline.failed && others.length === 0 && lostWrites === 0 && (flags.kill || requests.longestMs <= limit);
  const short = ({ total, failed, longestMs }: PhaseFigures) => ({ total, failed, longestMs });
  const result = {
    requests: short(requests),
    baseline: { ...short(baseline), total: baseline.total },
    lostWrites,
    verdict: good ? 'passed' : 'failed',
    limitMs: limit,
    details: { requests, baseline, postgresql, sqlite, switches, check, otherFailures: others.slice(0, 5) },
  };
  process.stdout.write(`${JSON.stringify({ ...result, details: undefined })}\n`);
  for (const failure of [...requests.failures, ...others].slice(0, 10)) say(`failed: ${failure}`);
  say(`acknowledged writes: ${postgresql['acknowledged']}; in PostgreSQL ${wrong(postgresql)} wrong, in SQLite ${wrong(sqlite)}`);
  say(`longest request ${requests.longestMs} ms, allowed ${limit} ms`);
  if (flags.json !== undefined) writeFileSync(resolve(caller, flags.json), `${JSON.stringify(result, null, 2)}\n`);
  return good ? 0 : 1;
}

const wrong = (side: Record<string, unknown>): number => ['lost', 'doubled', 'different'].reduce((sum, name) => sum + Number(side[name]), 0);
const figures = ({ total, failed, longestMs, p50Ms, p99Ms }: PhaseFigures): string => `${total} requests, ${failed} failed, median ${p50Ms} ms, p99 ${p99Ms} ms, longest ${longestMs} ms`;
const pause = (seconds: number): Promise<void> => sleep(seconds * 1_000, undefined, { signal: abort.signal });

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof EnvironmentMissing ? `causeway: ${error.message}` : `causeway: ${(error as Error).message}`);
  process.exitCode = abort.signal.aborted ? 130 : 3;
}
