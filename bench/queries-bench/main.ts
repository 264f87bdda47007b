/**
 * `npm run bench:queries`: the twenty queries of bench/queries and the short ones, on the sample ERP, in SQLite with its
 * best indexes and ANALYZE, and in the PostgreSQL that `migrate` leaves behind. Both by the product's own commands.
 * Then the load: 100 clients that think, over 200 connections, 95 short queries to 5 of the twenty.
 *   --rows N (1100000)  --rounds N (7)  --json FILE  --keep  --only simple|complex|load  --seconds N (60)
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { makeSampleErp } from '@causeway/cli/demo/sample-erp/make-sample-erp';
import { startLocalPostgres } from '@causeway/runtime/parts/local-postgres';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const queriesFolder = resolve(here, '../queries');
const { values: flags } = parseArgs({ options: { rows: { type: 'string', default: '1100000' }, rounds: { type: 'string', default: '7' }, only: { type: 'string' }, seconds: { type: 'string', default: '60' }, json: { type: 'string' }, keep: { type: 'boolean', default: false } } });

interface Compared {
  readonly name: string;
  readonly outcome: string;
  readonly detail: string;
  readonly rows: number;
  readonly sqliteMs: number;
  readonly postgresMs: number;
  readonly speedup: number;
  readonly how: string;
}

interface Outcome {
  readonly medianSpeedup: number;
  readonly slower: readonly string[];
  readonly queries: readonly Compared[];
}

interface Load {
  readonly verdict: string;
  readonly clients: number;
  readonly connections: number;
  readonly thinkMs: number;
  readonly errors: readonly string[];
  readonly postgres: { readonly simple: object; readonly complex: object; readonly callsPerSecond: number };
  readonly sqlite: { readonly simple: object; readonly complex: object };
}

const folder = mkdtempSync(join(tmpdir(), 'causeway-bench-queries-'));
const postgres = await startLocalPostgres({ environment: process.env, signal: new AbortController().signal, stateDir: join(folder, 'postgres') });
try {
  const source = join(folder, 'erp.sqlite');
  say(`making about ${flags.rows} rows, and SQLite's best indexes`);
  const made = makeSampleErp(source, { rows: Number(flags.rows) });
  const db = new Database(source);
  db.exec(readFileSync(join(queriesFolder, 'sqlite-indexes.sql'), 'utf8'));
  db.exec('ANALYZE');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const complexFile = join(folder, 'complex.sql');
  writeFileSync(complexFile, readdirSync(queriesFolder).filter((f) => /^\d\d-.*\.sql$/.test(f)).sort().map((f) => `-- kind: complex\n${readFileSync(join(queriesFolder, f), 'utf8')}`).join('\n'));
  say(`migrating ${made.rows} rows`);
  causeway(['migrate', source, '--queries', complexFile, '--name', 'bench', '--transport', 'embedded', '--quiet', '--json']);
  const simpleFile = join(queriesFolder, 'simple/simple.sql');
  const wanted = (what: string): boolean => flags.only === undefined || flags.only === what;
  const complex = wanted('complex') ? compare(source, complexFile) : null;
  const simple = wanted('simple') ? compare(source, simpleFile) : null;
  const load = wanted('load') ? underLoad(source, [simpleFile, complexFile]) : null;
  report(made.rows, complex, simple, load);
} finally {
  await postgres.stop();
  if (flags.keep) say(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

function causeway(args: readonly string[]): string {
  const run = spawnSync(join(root, 'causeway'), [...args, '--state', join(folder, 'state')], { encoding: 'utf8', env: { ...process.env, DATABASE_URL: postgres.url }, maxBuffer: 256 * 1024 * 1024 });
  // 1 says that results differ, or that a bar was missed: the figures say which.
  if (run.status !== 0 && !(run.status === 1 && ['queries', 'loadtest'].includes(args[0] ?? ''))) throw new Error(`causeway ${args[0]} ended with ${run.status}: ${run.stderr} ${run.stdout.slice(-2000)}`);
  return run.stdout;
}

function compare(source: string, queries: string): Outcome {
  say(`asking both sides, ${flags.rounds} rounds`);
  return JSON.parse(causeway(['queries', source, '--queries', queries, '--name', 'bench', '--rounds', flags.rounds, '--json'])) as Outcome;
}

function underLoad(source: string, queries: readonly string[]): Load {
  say(`load for ${flags.seconds} s`);
  return JSON.parse(causeway(['loadtest', source, '--queries', ...queries, '--name', 'bench', '--seconds', flags.seconds, '--json'])) as Load;
}

function report(rows: number, complex: Outcome | null, simple: Outcome | null, load: Load | null): void {
  if (load !== null) {
    console.table({ simple: load.postgres.simple, complex: load.postgres.complex, 'simple, SQLite alone': load.sqlite.simple, 'complex, SQLite alone': load.sqlite.complex });
    process.stdout.write(`load: ${load.verdict}\n`);
  }
  for (const outcome of [complex, simple]) {
    if (outcome === null) continue;
    console.table(Object.fromEntries(outcome.queries.map((q) => [q.name, { 'SQLite ms': round(q.sqliteMs), 'PostgreSQL ms': round(q.postgresMs), faster: round(q.speedup), results: q.outcome, form: q.how }])));
    process.stdout.write(`median ${round(outcome.medianSpeedup)} times as fast; slower: ${outcome.slower.join(', ') || 'none'}\n`);
  }
  if (flags.json === undefined) return;
  const file = resolve(process.env['INIT_CWD'] ?? '.', flags.json);
  mkdirSync(dirname(file), { recursive: true });
  const figures = {
    complex: summary(complex),
    simple: summary(simple),
    load: load === null ? null : { verdict: load.verdict, clients: load.clients, connections: load.connections, thinkMs: load.thinkMs, simple: load.postgres.simple, complex: load.postgres.complex, callsPerSecond: round(load.postgres.callsPerSecond), errors: load.errors },
    rows,
    rounds: Number(flags.rounds),
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version, postgres: postgres.version },
    date: new Date().toISOString().slice(0, 10),
  };
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
}

function summary(outcome: Outcome | null): unknown {
  if (outcome === null) return null;
  const queries = outcome.queries.map(({ name, outcome: results, sqliteMs, postgresMs, speedup, rows, how }) => ({ name, results, rows, sqliteMs: round(sqliteMs), postgresMs: round(postgresMs), speedup: round(speedup), form: how }));
  return { medianSpeedup: round(outcome.medianSpeedup), slower: outcome.slower, sameResults: outcome.queries.every((q) => q.outcome === 'same'), queries };
}

function round(value: number | null): number {
  return value === null ? Number.NaN : Math.round(value * 1000) / 1000;
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
