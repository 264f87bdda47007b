/** `causeway plan`: reads a source completely and writes the plan for review. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { type PlanDocument, planToYaml } from '@causeway/control/plan/plan-document';
import { prepareSource } from '@causeway/runtime/sqlite/prepare-source';
import { type Command, Option } from 'commander';
import { planSource } from './migrate/migration-plan.ts';
import { planBesideTarget } from './migrate/plan-beside-target.ts';
import { readQueries } from './queries/read-queries.ts';
import { visibleText } from './report/visible-text.ts';
import { stateFolder } from './state-folder.ts';
import type { CliContext } from './run-cli.ts';

interface PlanFlags {
  readonly output?: string;
  readonly names: 'exact' | 'snake_case';
  readonly targetSchema?: string;
  readonly schema?: 'create' | 'existing';
  readonly to?: string;
  readonly plan?: string;
  readonly skipMissing?: boolean;
  readonly skip?: string[];
  readonly queries?: string;
  readonly state?: string;
}

export function registerPlan(program: Command, context: CliContext): void {
  program
    .command('plan')
    .argument('<source>', 'path of the SQLite database')
    .option('-o, --output <file>', 'write the plan here instead of to standard output')
    .option('--names <style>', 'exact or snake_case', 'exact')
    .option('--target-schema <schema>', 'schema in PostgreSQL (default: "public")')
    .addOption(new Option('--schema <who>', "create: causeway will make the tables; existing: plan for the application's own tables, and refuse rows that do not fit them (default: create)").choices(['create', 'existing']))
    .option('--to <address>', 'with --schema existing: postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--plan <file>', 'with --schema existing: a plan whose names, forms and actions hold')
    .option('--skip-missing', 'with --schema existing: leave source tables behind that the target does not have')
    .option('--skip <table...>', 'with --schema existing: source tables that stay behind')
    .option('--queries <file>', 'the application\'s queries (SQL, JSON or a log): what they search gets indexes')
    .option('--state <folder>', 'folder for working files')
    .description('decide types and names from every row, and write them as an editable plan; changes nothing')
    .action(async (source: string, flags: PlanFlags) => {
      const state = stateFolder(flags.state, context);
      const prepared = await prepareSource(resolve(context.cwd, source), join(state, 'plan'), { forceCopy: false });
      const plan = flags.schema === 'existing' ? await planBesideTarget(prepared.readPath, flags, context) : planAlone(prepared.readPath, flags, context);
      writePlan(plan, flags.output, context);
    });
}

function planAlone(file: string, flags: PlanFlags, context: CliContext): PlanDocument {
  const beside = flags.to !== undefined || flags.plan !== undefined || flags.skipMissing === true || flags.skip !== undefined;
  if (beside) throw new Failure('USAGE', '--to, --plan, --skip and --skip-missing belong to --schema existing');
  return planSource({ file, planFile: undefined, targetSchema: flags.targetSchema, names: flags.names, full: true, leaveUnreadable: true, ...(flags.queries === undefined ? {} : { queries: readQueries(flags.queries, context.cwd) }) }).plan;
}

function writePlan(plan: PlanDocument, output: string | undefined, context: CliContext): void {
  const left = plan.tables.filter((t) => t.action === 'skip').map((t) => visibleText(t.name));
  if (left.length > 0) context.stderr.write(`causeway: warning: left behind as planned: ${left.join(', ')}\n`);
  const text = planToYaml(plan);
  if (output === undefined) context.stdout.write(text);
  else {
    writeFileSync(resolve(context.cwd, output), text);
    context.stderr.write(`${plan.tables.length} tables planned: ${output}\n`);
  }
}
