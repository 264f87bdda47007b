/**
 * `npm run bench`: the whole job against the bare shell pipe and pgloader on the same table, in one run, alternating,
 * median of the rounds. Brokers and PostgreSQL are started by the bench and are up before any clock runs.
 *   --rows N (1000000)  --rounds N (3)  --json FILE  --keep
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBenchParts } from './bench-parts.ts';
import { medianBy, round2 } from './median.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const shared = process.env['CAUSEWAY_SHARED'] ?? resolve(root, '../shared');

const { values: flags } = parseArgs({ options: { rows: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '3' }, json: { type: 'string' }, keep: { type: 'boolean', default: false } } });
const rows = Number(flags.rows);
const rounds = Number(flags.rounds);

interface Round {
  readonly load: number;
  readonly verify: number;
  readonly shell: number;
  readonly pgloader: number | null;
  readonly rssMiB: Record<string, number>;
  readonly parts: Record<string, number>;
}

const folder = mkdtempSync(join(tmpdir(), 'causeway-bench-'));
const source = join(folder, 'orders.sqlite');
const parts = await startBenchParts(folder);
try {
  say(`making ${rows} rows`);
  execFileSync('python3', [join(shared, 'bench/make_orders.py'), String(rows), source], { stdio: 'inherit' });
  const withPgloader = pgloaderIsThere();
  const results: Round[] = [];
  for (let i = 0; i < rounds; i++) results.push(await oneRound(i, withPgloader));
  report(results);
} finally {
  await parts.stop();
  if (!flags.keep) rmSync(folder, { recursive: true, force: true });
}

async function oneRound(number: number, withPgloader: boolean): Promise<Round> {
  const target = await parts.freshDatabase(`causeway_${number}`);
  const outcome = migrate(target, number);
  const shell = Number(execFileSync('bash', [join(shared, 'bench/shell_limit.sh'), source, await parts.freshDatabase(`shell_${number}`)], { encoding: 'utf8' }).trim());
  const pgloader = withPgloader ? runPgloader(await parts.freshDatabase(`pgloader_${number}`)) : null;
  const result: Round = { load: outcome.seconds.load ?? Number.NaN, verify: outcome.seconds.verify ?? Number.NaN, shell, pgloader, rssMiB: outcome.rssMiB, parts: outcome.seconds };
  say(`round ${number + 1}: load ${round2(result.load)} s, verify ${round2(result.verify)} s, shell ${shell} s, pgloader ${pgloader === null ? 'not here' : `${round2(pgloader)} s`}`);
  return result;
}

function migrate(url: string, number: number): { seconds: Record<string, number>; rssMiB: Record<string, number> } {
  const run = spawnSync(join(root, 'causeway'), ['migrate', source, '--json', '--no-backup', '--name', `bench ${number}`, '--state', join(folder, `state-${number}`), '--brokers', parts.brokers, '--transport', 'kafka'], {
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: url },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(`migrate ended with ${run.status}: ${run.stdout.trim().split('\n').at(-1)} ${run.stderr}`);
  const outcome = JSON.parse(run.stdout.trim().split('\n').at(-1) as string) as { seconds: Record<string, number>; rssMiB: Record<string, number> };
  // What the command itself cannot see: the shell script that starts it.
  const start = wrapperSeconds();
  return { rssMiB: outcome.rssMiB, seconds: { ...outcome.seconds, load: (outcome.seconds.load ?? 0) + start, start } };
}

/** The script's own time: the same start with and without it. */
function wrapperSeconds(): number {
  const timed = (command: string, args: readonly string[]): number => {
    const started = performance.now();
    spawnSync(command, args);
    return performance.now() - started;
  };
  const through = timed(join(root, 'causeway'), ['--version']);
  return Math.max(0, through - timed(process.execPath, [join(root, 'cli/dist/main.js'), '--version'])) / 1000;
}

/** pgloader takes no password from the environment in its load file, so the address goes into a file of our own folder. */
function runPgloader(url: string): number {
  const template = readFileSync(join(shared, 'bench/pgloader.load.in'), 'utf8');
  const file = join(folder, 'pgloader.load');
  writeFileSync(file, template.replaceAll('@SRC@', source).replaceAll('@URL@', url), { mode: 0o600 });
  const started = performance.now();
  const run = spawnSync('pgloader', [file], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`pgloader ended with ${run.status}: ${run.stdout} ${run.stderr}`);
  return (performance.now() - started) / 1000;
}

function pgloaderIsThere(): boolean {
  if (spawnSync('pgloader', ['--version']).status === 0) return true;
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return false;
  say('installing pgloader from the distribution');
  spawnSync('apt-get', ['install', '-y', '-q', 'pgloader'], { stdio: 'ignore' });
  return spawnSync('pgloader', ['--version']).status === 0;
}

function report(results: readonly Round[]): void {
  const load = medianBy(results, (r) => r.load);
  const verify = medianBy(results, (r) => r.verify);
  const shell = medianBy(results, (r) => r.shell);
  const pgloader = results.every((r) => r.pgloader !== null) ? medianBy(results, (r) => r.pgloader as number) : null;
  const services = ['extractor', 'loader', 'validator'];
  const summary = {
    load: { seconds: round2(load), ratioToShell: round2(load / shell), ratioToPgloader: pgloader === null ? null : round2(load / pgloader) },
    verify: { seconds: round2(verify), ratioToLoad: round2(verify / load) },
    rssMiB: Object.fromEntries(services.map((s) => [s, Math.round(medianBy(results, (r) => r.rssMiB[s] ?? Number.NaN))])),
    shell: { seconds: round2(shell) },
    pgloader: { seconds: pgloader === null ? null : round2(pgloader) },
    parts: Object.fromEntries(Object.keys(results[0]?.parts ?? {}).map((part) => [part, round2(medianBy(results, (r) => r.parts[part] ?? 0))])),
    rows,
    rounds,
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version },
    date: new Date().toISOString().slice(0, 10),
  };
  console.table({ causeway: { seconds: summary.load.seconds, ratio: 1 }, shell: { seconds: summary.shell.seconds, ratio: summary.load.ratioToShell }, pgloader: { seconds: summary.pgloader.seconds, ratio: summary.load.ratioToPgloader }, verify: { seconds: summary.verify.seconds, ratio: summary.verify.ratioToLoad } });
  console.log('seconds by part:', summary.parts, 'peak RSS in MiB:', summary.rssMiB);
  if (flags.json !== undefined) {
    mkdirSync(dirname(resolve(flags.json)), { recursive: true });
    writeFileSync(resolve(flags.json), `${JSON.stringify(summary, null, 2)}\n`);
  }
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

