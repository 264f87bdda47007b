/** `causeway advise`: what a target's own statistics say could be better, with the statements that do it. */
import type { Advice, AdviceReport } from '@causeway/control/advise/advice';
import { advise } from '@causeway/control/advise/advise';
import type { Command } from 'commander';
import { withQueryTarget } from './queries/query-target.ts';
import { visibleText } from './report/visible-text.ts';
import type { CliContext } from './run-cli.ts';

interface AdviseFlags {
  readonly to?: string;
  readonly state?: string;
  readonly json?: boolean;
}

export function registerAdvise(program: Command, context: CliContext): void {
  program
    .command('advise')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object')
    .description('unused, duplicate and missing indexes, slow queries and settings, from the server\'s statistics, with the DDL; changes nothing')
    .action((flags: AdviseFlags) =>
      withQueryTarget({ ...flags, anyMigration: true }, context, async ({ pool }) => {
        const report = await advise(pool);
        context.stdout.write(flags.json === true ? `${JSON.stringify(report)}\n` : adviceText(report));
      }),
    );
}

const TITLES: Readonly<Record<Advice['kind'], string>> = {
  invalid_index: 'Broken indexes',
  missing_index: 'Missing indexes',
  slow_query: 'Slow statements',
  read_in_full: 'Tables that are read in full',
  statistics: 'Missing statistics',
  duplicate_index: 'Indexes that another one makes needless',
  unused_index: 'Unused indexes',
  setting: 'Settings',
};

function adviceText(report: AdviceReport): string {
  const kinds = [...new Set(report.advice.map((a) => a.kind))];
  const sections = kinds.map((kind) => `${TITLES[kind]}\n${report.advice.filter((a) => a.kind === kind).map(line).join('')}`);
  const counted = report.countedHours === null ? '' : `The server has counted for ${report.countedHours.toFixed(1)} hours.\n`;
  const notes = report.notes.map((note) => `note: ${note}\n`).join('');
  return `${counted}${notes}${sections.length === 0 ? 'Nothing to advise.\n' : `\n${sections.join('\n')}`}`;
}

const line = (advice: Advice): string => `  ${visibleText(advice.subject)}\n    ${visibleText(advice.why)}\n${advice.ddl === null ? '' : `    ${visibleText(advice.ddl)}\n`}`;
