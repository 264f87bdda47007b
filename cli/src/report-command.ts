/** `causeway report`: writes the report of a migration again, from the control record. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { withSession } from './migration-session.ts';
import { writeMigrationReport } from './migrate/write-migration-report.ts';
import { readTimings } from './migrate/stored-timings.ts';
import { readVerification } from './migrate/stored-verification.ts';
import { readAttached } from './queries/attached-results.ts';
import type { CliContext } from './run-cli.ts';
import { migrationFolder, stateFolder } from './state-folder.ts';
import { Failure } from '@causeway/contracts/failures';

interface ReportFlags {
  readonly to?: string;
  readonly name?: string;
  readonly state?: string;
  readonly output?: string;
  readonly json?: boolean;
}

export function registerReport(program: Command, context: CliContext): void {
  program
    .command('report')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--name <name>', 'name of the migration; default: the only one')
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .option('-o, --output <folder>', 'write report.html and report.json here')
    .option('--json', 'print the paths as one JSON object')
    .description('write the report as one self-contained HTML file and as JSON')
    .action((flags: ReportFlags) => runReport(flags, context));
}

async function runReport(flags: ReportFlags, context: CliContext): Promise<void> {
  await withSession(flags, context, async ({ pool, url, serverVersion, migration }) => {
    const record = await migration(flags.name);
    const verification = await readVerification(pool, record);
    if (verification === null) throw new Failure('MIGRATION_UNKNOWN', `migration ${JSON.stringify(record.name)} has not been verified yet; it is in phase ${record.phase}`);
    const own = migrationFolder(stateFolder(flags.state, context), record.name);
    const folder = flags.output === undefined ? own : resolve(context.cwd, flags.output);
    const written = await writeMigrationReport({ pool, url, record, verification, seconds: await readTimings(pool, record), usage: [], serverVersion, toolVersion: context.version, warnings: [], attached: readAttached(own) }, folder);
    context.stdout.write(flags.json === true ? `${JSON.stringify(written)}\n` : `${written.html}\n${written.json}\n`);
  });
}
