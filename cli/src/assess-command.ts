/** `causeway assess`: what stands between a SQLite database and PostgreSQL, told before anything starts. */
import { join, resolve } from 'node:path';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import { exitCodeOfAssessment } from '@causeway/contracts/assess-checks';
import { planToYaml } from '@causeway/control/plan/plan-document';
import { prepareSource } from '@causeway/runtime/sqlite/prepare-source';
import { type Command, Option } from 'commander';
import { assessmentHtml } from './assess/assessment-html.ts';
import { assessmentText } from './assess/assessment-text.ts';
import { runAssessment } from './assess/run-assessment.ts';
import { planBesideTarget } from './migrate/plan-beside-target.ts';
import { createProgress } from './progress/create-progress.ts';
import { terminalStyle } from './progress/terminal-style.ts';
import type { CliContext } from './run-cli.ts';
import { stateFolder } from './state-folder.ts';

interface AssessFlags {
  readonly plan?: string;
  readonly names: 'exact' | 'snake_case';
  readonly targetSchema?: string;
  readonly schema?: 'create' | 'existing';
  readonly to?: string;
  readonly skipMissing?: boolean;
  readonly skip?: string[];
  readonly html?: string;
  readonly rows?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly state?: string;
}

const VERDICTS = `
Verdict: ready (exit code 0) · ready with decisions (1) · blocked (3). The checks are listed in docs/assess.md.`;

export function registerAssess(program: Command, context: CliContext): void {
  program
    .command('assess')
    .argument('<source>', 'path of the SQLite database')
    .option('--plan <file>', 'assess what this plan decides, as `causeway plan` writes it')
    .addOption(new Option('--names <style>', 'exact or snake_case').choices(['exact', 'snake_case']).default('exact'))
    .option('--target-schema <schema>', 'schema in PostgreSQL')
    .addOption(new Option('--schema <who>', "create: causeway will make the tables; existing: assess for the application's own tables in the target (default: create)").choices(['create', 'existing']))
    .option('--to <address>', 'with --schema existing: postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--skip-missing', 'with --schema existing: leave source tables behind that the target does not have')
    .option('--skip <table...>', 'with --schema existing: source tables that stay behind')
    .option('--html <file>', 'write the assessment as one HTML page')
    .option('--rows <file>', 'write every row that would be quarantined, as JSON lines')
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'no progress')
    .option('--state <folder>', 'folder for a copy where the source is in use; default: CAUSEWAY_STATE or .causeway')
    .description('read a SQLite database once and tell everything that stands in its way to PostgreSQL; changes nothing')
    .addHelpText('after', VERDICTS)
    .action((source: string, flags: AssessFlags) => assess(source, flags, context));
}

async function assess(source: string, flags: AssessFlags, context: CliContext): Promise<void> {
  const path = (file: string | undefined): string | undefined => (file === undefined ? undefined : resolve(context.cwd, file));
  const state = stateFolder(flags.state, context);
  const prepared = await prepareSource(resolve(context.cwd, source), join(state, 'assess'), { forceCopy: false });
  const existing = flags.schema === 'existing';
  if (!existing && (flags.to !== undefined || flags.skipMissing === true || flags.skip !== undefined)) throw new Failure('USAGE', '--to, --skip and --skip-missing belong to --schema existing');
  const planFile = existing ? join(state, 'assess', `beside-${process.pid}.yaml`) : path(flags.plan);
  if (existing) {
    mkdirSync(join(state, 'assess'), { recursive: true });
    writeFileSync(planFile as string, planToYaml(await planBesideTarget(prepared.readPath, flags, context)), { mode: 0o600 });
  }
  const { stderr } = context;
  const progress = createProgress({ stream: stderr, isTTY: stderr.isTTY === true, columns: () => stderr.columns ?? 80, color: context.environment.NO_COLOR === undefined, quiet: flags.quiet === true || flags.json === true });
  progress.handle({ kind: 'phase', phase: 'assess', at: Date.now() });
  const assessment = await runAssessment(
    { file: prepared.readPath, source: prepared.path, bytes: prepared.bytes, names: flags.names, targetSchema: flags.targetSchema, planFile, rowsFile: path(flags.rows) },
    context.signal,
    (event) => progress.handle(event),
  ).finally(() => {
    progress.finish(null);
    if (existing) rmSync(planFile as string, { force: true });
  });
  if (flags.html !== undefined) writeFileSync(resolve(context.cwd, flags.html), assessmentHtml(assessment, context.version));
  const colour = context.stdout.isTTY === true && context.environment.NO_COLOR === undefined;
  context.stdout.write(flags.json === true ? `${JSON.stringify(assessment)}\n` : assessmentText(assessment, terminalStyle(colour)));
  context.setExitCode(exitCodeOfAssessment(assessment.verdict));
}
