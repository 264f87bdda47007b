/** `causeway loadtest`: an application's queries by many clients at once, in the PostgreSQL that it has moved to. */
import { join, resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import type { PlanDocument } from '@causeway/control/plan/plan-document';
import { extensionSchemas } from '@causeway/control/queries/postgres-queries';
import type { Query } from '@causeway/control/queries/query-set';
import { queryTables } from '@causeway/control/queries/query-tables';
import { openSource } from '@causeway/runtime/sqlite/open-source';
import { prepareSource } from '@causeway/runtime/sqlite/prepare-source';
import type { Command } from 'commander';
import type pg from 'pg';
import type { LoadFigures, LoadOutcome } from './loadtest/load-outcome.ts';
import { type LoadQuery, loadQuery } from './loadtest/load-query.ts';
import { BARS, loadOutcome } from './loadtest/loadtest-outcome.ts';
import { runLoad } from './loadtest/run-load.ts';
import { attach } from './queries/attached-results.ts';
import { milliseconds } from './queries/queries-text.ts';
import { withQueryTarget } from './queries/query-target.ts';
import { readQueries } from './queries/read-queries.ts';
import type { CliContext } from './run-cli.ts';
import { migrationFolder, stateFolder } from './state-folder.ts';
import { wholeNumber } from './whole-number.ts';

interface LoadFlags {
  readonly queries: string[];
  readonly to?: string;
  readonly name?: string;
  readonly targetSchema?: string;
  readonly clients: number;
  readonly connections: number;
  readonly seconds: number;
  readonly think: number;
  readonly complexPercent: number;
  readonly timeout: number;
  readonly state?: string;
  readonly json?: boolean;
}

export function registerLoadtest(program: Command, context: CliContext): void {
  program
    .command('loadtest')
    .argument('<source>', 'path of the SQLite database: values to ask with, and the figures to compare with')
    .requiredOption('--queries <file...>', 'the application\'s queries, as for `causeway queries`')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--name <name>', 'name of the migration; default: the only one')
    .option('--target-schema <schema>', 'schema in PostgreSQL; default: the migration\'s')
    .option('--clients <n>', 'clients that ask at the same time', wholeNumber('--clients', 1, 5_000), 100)
    .option('--connections <n>', 'connections that are open; at least as many as clients', wholeNumber('--connections', 1, 5_000), 200)
    .option('--seconds <n>', 'how long', wholeNumber('--seconds', 1, 86_400), 30)
    .option('--think <ms>', 'mean pause of a client between two calls', wholeNumber('--think', 0, 600_000), 2_000)
    .option('--complex-percent <n>', 'of a hundred calls so many are complex ones', wholeNumber('--complex-percent', 0, 100), 5)
    .option('--timeout <seconds>', 'after this PostgreSQL ends a query', wholeNumber('--timeout', 1, 86_400), 30)
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object')
    .description(`replay queries with many clients: p50, p95, p99 and errors beside SQLite's own; passes with simple p95 < ${BARS.simpleP95Ms} ms, complex < ${BARS.complexP95Ms / 1000} s and no error`)
    .action((source: string, flags: LoadFlags) => runLoadtest(source, flags, context));
}

const FAILED = 1;

async function runLoadtest(source: string, flags: LoadFlags, context: CliContext): Promise<void> {
  if (flags.connections < flags.clients) throw new Failure('USAGE', `${flags.clients} clients need at least as many --connections`);
  const queries = flags.queries.flatMap((file) => readQueries(file, context.cwd));
  await withQueryTarget(flags, context, async ({ pool, url, record }) => {
    const plan = record === null ? null : (record.plan as PlanDocument);
    const state = stateFolder(flags.state, context);
    await checkRoom(pool, flags.connections);
    const schemas = [...new Set([flags.targetSchema ?? plan?.targetSchema ?? 'public', ...(await extensionSchemas(pool))])];
    const prepared = await preparedQueries(resolve(context.cwd, source), queries, plan, join(state, 'queries'));
    const quiet = flags.json === true || !context.stderr.isTTY;
    const request = { url, schemas, queries: prepared, clients: flags.clients, connections: flags.connections, seconds: flags.seconds, thinkMs: flags.think, complexPercent: flags.complexPercent, timeoutSeconds: flags.timeout, signal: context.signal };
    let second = 0;
    const run = await runLoad({ ...request, onSecond: (calls, errors) => void (quiet || context.stderr.write(`\r\u001B[K${++second} of ${flags.seconds} s: ${calls} calls, ${errors} errors`)) });
    if (!quiet) context.stderr.write('\r\u001B[K');
    const outcome = loadOutcome(request, run);
    if (record !== null) attach(migrationFolder(state, record.name), 'load', outcome);
    context.stdout.write(flags.json === true ? `${JSON.stringify(outcome)}\n` : loadText(outcome));
    context.setExitCode(outcome.verdict === 'passed' ? 0 : FAILED);
  });
}

async function preparedQueries(source: string, queries: readonly Query[], plan: PlanDocument | null, workFolder: string): Promise<LoadQuery[]> {
  const { readPath } = await prepareSource(source, workFolder, { forceCopy: false });
  const db = openSource(readPath);
  try {
    const tables = plan === null ? null : queryTables(discoverSchema(db), plan);
    return queries.map((query) => loadQuery(db, query, tables));
  } finally {
    db.close();
  }
}

/** Before the first of them is opened: half a load test says nothing. */
async function checkRoom(pool: pg.Pool, wanted: number): Promise<void> {
  const found = await pool.query(
    `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int AS room,
            (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS limit`,
  );
  const { room, limit } = found.rows[0] as { room: number; limit: number };
  if (room < wanted) throw new Failure('TARGET_UNREACHABLE', `the server has room for ${Math.max(0, room)} more connections, and ${wanted} are asked for: raise max_connections, or ask with fewer --connections`);
  if (limit >= 0 && limit < wanted) throw new Failure('TARGET_UNREACHABLE', `the role may open ${limit} connections, and ${wanted} are asked for: ALTER ROLE … CONNECTION LIMIT, or fewer --connections`);
}

function loadText(outcome: LoadOutcome): string {
  const line = (title: string, f: LoadFigures): string => `${title.padEnd(44)} ${String(f.calls).padStart(8)} ${String(f.errors).padStart(6)} ${milliseconds(f.p50Ms)} ${milliseconds(f.p95Ms)} ${milliseconds(f.p99Ms)}`;
  const { postgres, sqlite } = outcome;
  return `${[
    `${outcome.clients} clients, ${outcome.connections} connections, ${outcome.seconds} s, ${postgres.callsPerSecond.toFixed(0)} calls a second`,
    `${''.padEnd(44)} ${'calls'.padStart(8)} ${'errors'.padStart(6)} ${'p50'.padStart(12)} ${'p95'.padStart(12)} ${'p99'.padStart(12)}`,
    line('simple, PostgreSQL', postgres.simple),
    line('simple, SQLite alone', sqlite.simple),
    line('complex, PostgreSQL', postgres.complex),
    line('complex, SQLite alone', sqlite.complex),
    ...outcome.errors,
    outcome.verdict === 'passed' ? 'within the bars' : `outside the bars: simple p95 < ${outcome.bars.simpleP95Ms} ms, complex p95 < ${outcome.bars.complexP95Ms} ms, no error`,
  ].join('\n')}\n`;
}
