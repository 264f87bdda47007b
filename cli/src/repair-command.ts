/** `causeway repair`: diverged rows go through the change stream once more, and are proved. */
import { type Command, Option } from 'commander';
import { repairDivergences, type RepairOutcome } from '@causeway/control/live/repair-divergences';
import { withSession } from './migration-session.ts';
import type { CliContext } from './run-cli.ts';

interface RepairFlags {
  readonly to?: string;
  readonly name?: string;
  readonly state?: string;
  readonly table?: string;
  readonly json?: boolean;
  readonly within: string;
}

export function registerRepair(program: Command, context: CliContext): void {
  program
    .command('repair')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--name <name>', 'name of the migration; default: the only one')
    .option('--table <table>', 'only rows of this table')
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .addOption(new Option('--within <seconds>', 'wait this long for the proof').default('120'))
    .option('--json', 'print one JSON object as the last line')
    .description('re-read and re-apply rows that the validator found different, through the change stream, and prove them')
    .action((flags: RepairFlags) =>
      withSession(flags, context, async ({ pool, migration }) => {
        const record = await migration(flags.name);
        const outcome = await repairDivergences({ pool, record, sourceFile: record.source.readPath, table: flags.table, signal: context.signal, withinMs: Number(flags.within) * 1_000 });
        print(outcome, flags.json === true, context);
        context.setExitCode(outcome.rows.every((row) => row.repaired) ? 0 : 1);
      }),
    );
}

function print(outcome: RepairOutcome, json: boolean, context: CliContext): void {
  const healed = outcome.rows.filter((row) => row.repaired).length;
  if (json) {
    const { rows, position, applied, verifiedTo } = outcome;
    context.stdout.write(`${JSON.stringify({ diverged: rows.length, repaired: healed, position: String(position), applied: String(applied), verifiedTo: verifiedTo === null ? null : String(verifiedTo), rows })}\n`);
    return;
  }
  if (outcome.rows.length === 0) {
    context.stdout.write('No row differs: nothing to repair.\n');
    return;
  }
  for (const [table, rows] of Map.groupBy(outcome.rows, (row) => row.table)) {
    context.stdout.write(`${table}: ${rows.filter((row) => row.repaired).length} of ${rows.length} rows repaired\n`);
  }
  context.stdout.write(`Re-read at log id ${outcome.position}, applied to ${outcome.applied}, verified to ${outcome.verifiedTo ?? 'unknown'}: ${healed} of ${outcome.rows.length} rows are equal on both sides now.\n`);
}
