/** `causeway demo`: the main job, end to end, on a sample database of the project's own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { runMigrate } from './migrate-command.ts';
import type { CliContext } from './run-cli.ts';
import { stateFolder } from './state-folder.ts';

interface DemoFlags {
  readonly to?: string;
  readonly brokers?: string;
  readonly transport?: 'kafka' | 'embedded';
  readonly state?: string;
  readonly json?: boolean;
}

export function registerDemo(program: Command, context: CliContext): void {
  program
    .command('demo')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL, else a PostgreSQL of its own')
    .option('--brokers <list>', 'host:port list of Kafka brokers; default: KAFKA_BROKERS, else a Kafka of its own')
    .option('--transport <kind>', 'kafka or embedded')
    .option('--state <folder>', 'folder for everything that the demo makes; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object as the last line')
    .description('make a sample ERP database and move it through Kafka to PostgreSQL, verified cell by cell')
    .action(async (flags: DemoFlags) => {
      const folder = join(stateFolder(flags.state, context), 'demo');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, 'erp.sqlite');
      const { makeSampleErp } = await import('./demo/sample-erp/make-sample-erp.ts');
      const made = makeSampleErp(file);
      context.stderr.write(`sample ERP: ${made.tables} tables, ${made.rows.toLocaleString('en')} rows: ${file}\n`);
      await runMigrate(file, { ...flags, name: 'demo', names: 'exact', state: folder, restart: true }, context);
    });
}
