/** `causeway quarantine export`: the rows that PostgreSQL cannot hold, with their original bytes. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { withSession } from './migration-session.ts';
import { exportQuarantine, quarantineLines } from './quarantine-export.ts';
import type { CliContext } from './run-cli.ts';

interface QuarantineFlags {
  readonly to?: string;
  readonly name?: string;
  readonly state?: string;
  readonly output?: string;
}

export function registerQuarantine(program: Command, context: CliContext): void {
  program
    .command('quarantine')
    .description('look at rows that PostgreSQL cannot hold')
    .command('export')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--name <name>', 'name of the migration; default: the only one')
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .option('-o, --output <file>', 'write here instead of to standard output')
    .description('write quarantined rows as JSON lines: table, key, column, code, reason and every value with its class and bytes')
    .action((flags: QuarantineFlags) =>
      withSession(flags, context, async ({ pool, migration }) => {
        const record = await migration(flags.name);
        if (flags.output !== undefined) {
          const count = await exportQuarantine(pool, record, resolve(context.cwd, flags.output));
          context.stderr.write(`${count} rows: ${flags.output}\n`);
          return;
        }
        for await (const line of quarantineLines(pool, record)) context.stdout.write(`${line}\n`);
      }),
    );
}
