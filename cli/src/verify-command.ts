/** `causeway verify`: compares both sides again, every cell, and says so. */
import type { Command } from 'commander';
import { migrationFolder, stateFolder } from './state-folder.ts';
import { withSession } from './migration-session.ts';
import { exitCodeOfVerdict, outcomeOf } from './migrate/machine-outcome.ts';
import { MigrationServices } from './migrate/run-services.ts';
import { readVerification } from './migrate/stored-verification.ts';
import { printSummary } from './print-summary.ts';
import type { CliContext } from './run-cli.ts';
import { Failure } from '@causeway/contracts/failures';

interface VerifyFlags {
  readonly to?: string;
  readonly name?: string;
  readonly state?: string;
  readonly json?: boolean;
  readonly acceptQuarantine?: boolean;
}

export function registerVerify(program: Command, context: CliContext): void {
  program
    .command('verify')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--name <name>', 'name of the migration; default: the only one')
    .option('--accept-quarantine', 'exit with 0 although rows are in the quarantine')
    .option('--state <folder>', 'folder for logs; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object as the last line')
    .description('compare source and target again: counts and checksums of every table, differences named to key and column')
    .action((flags: VerifyFlags) => runVerify(flags, context));
}

async function runVerify(flags: VerifyFlags, context: CliContext): Promise<void> {
  await withSession(flags, context, async ({ pool, url, migration }) => {
    const record = await migration(flags.name);
    const started = performance.now();
    const services = new MigrationServices(
      { migration: record.id, databaseUrl: url, transport: record.settings.transport, brokers: '', embeddedFile: '', stateFolder: migrationFolder(stateFolder(flags.state, context), record.name), inherited: context.environment, passing: true },
      { onProgress: () => {}, onNote: (text) => void context.stderr.write(`${text}\n`) },
    );
    try {
      await services.start('validator', { CAUSEWAY_MODE: 'verify' }).done;
    } finally {
      await services.stopAll();
    }
    const verification = await readVerification(pool, record);
    if (verification === null) throw new Failure('INTERNAL', 'the validator ended without a verdict');
    context.took('verify', (performance.now() - started) / 1000);
    const outcome = outcomeOf(verification, { verify: (performance.now() - started) / 1000 });
    printSummary(context, outcome, verification, flags.json === true);
    context.setExitCode(exitCodeOfVerdict(outcome.verdict, flags.acceptQuarantine === true));
  });
}
