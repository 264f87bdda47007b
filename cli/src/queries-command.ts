/** `causeway queries`: an application's queries on both sides: the same results, times, plans. */
import { resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import type { PlanDocument } from '@causeway/control/plan/plan-document';
import type { Command } from 'commander';
import { askBothSides } from './queries/ask-both-sides.ts';
import { attach } from './queries/attached-results.ts';
import { queriesText } from './queries/queries-text.ts';
import { withQueryTarget } from './queries/query-target.ts';
import { readQueries } from './queries/read-queries.ts';
import type { CliContext } from './run-cli.ts';
import { migrationFolder, stateFolder } from './state-folder.ts';
import { wholeNumber } from './whole-number.ts';

interface QueriesFlags {
  readonly queries: string;
  readonly to?: string;
  readonly name?: string;
  readonly targetSchema?: string;
  readonly rounds: number;
  readonly timeout: number;
  readonly state?: string;
  readonly json?: boolean;
  readonly plans?: boolean;
}

export function registerQueries(program: Command, context: CliContext): void {
  program
    .command('queries')
    .argument('<source>', 'path of the SQLite database')
    .requiredOption('--queries <file>', 'SQL with `-- name:` lines, JSON, or a log of Django, SQLAlchemy, PostgreSQL or the sqlite3 shell')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--name <name>', 'name of the migration; default: the only one')
    .option('--target-schema <schema>', 'schema in PostgreSQL; default: the migration\'s')
    .option('--rounds <n>', 'how often each side is asked', wholeNumber('--rounds', 1, 10_000), 5)
    .option('--timeout <seconds>', 'after this PostgreSQL ends a query', wholeNumber('--timeout', 1, 86_400), 300)
    .option('--plans', 'print both sides\' plans as well')
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object')
    .description('ask a set of queries on both sides: the same results, median times, plans; changes nothing')
    .action((source: string, flags: QueriesFlags) => runQueries(source, flags, context));
}

const DIFFERENT = 1;

async function runQueries(source: string, flags: QueriesFlags, context: CliContext): Promise<void> {
  const queries = readQueries(flags.queries, context.cwd);
  await withQueryTarget(flags, context, async ({ pool, record }) => {
    if (record !== null && !['built', 'completed'].includes(record.phase)) throw new Failure('USAGE', `migration ${JSON.stringify(record.name)} is in phase ${record.phase}: its queries can be compared when its indexes are made`);
    const plan = record === null ? null : (record.plan as PlanDocument);
    const state = stateFolder(flags.state, context);
    const outcome = await askBothSides({
      source: resolve(context.cwd, source),
      pool,
      plan,
      targetSchema: flags.targetSchema ?? plan?.targetSchema ?? 'public',
      queries,
      rounds: flags.rounds,
      timeoutSeconds: flags.timeout,
      workFolder: state,
      signal: context.signal,
      onQuery: (name, done, of) => void (flags.json !== true && context.stderr.isTTY && context.stderr.write(`\r\u001B[K${done + 1} of ${of}: ${name.replaceAll(/\p{C}/gu, ' ').slice(0, 60)}`)),
    });
    if (context.stderr.isTTY && flags.json !== true) context.stderr.write('\r\u001B[K');
    if (record !== null) attach(migrationFolder(state, record.name), 'queries', outcome);
    context.stdout.write(flags.json === true ? `${JSON.stringify(outcome)}\n` : queriesText(outcome) + (flags.plans === true ? plansText(outcome.queries) : ''));
    context.setExitCode(outcome.verdict === 'same' ? 0 : DIFFERENT);
  });
}

function plansText(queries: Awaited<ReturnType<typeof askBothSides>>['queries']): string {
  const indented = (lines: readonly string[]): string => lines.map((line) => `    ${line}\n`).join('');
  return queries.map((q) => `\n${q.name}\n  SQLite\n${indented(q.sqlitePlan)}  PostgreSQL (${q.how.replace('_', ' ')})\n${indented(q.postgresPlan)}`).join('');
}
