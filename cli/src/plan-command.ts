/** `causeway plan`: reads a source completely and writes the plan for review. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { planToYaml } from '@causeway/control/plan/plan-document';
import { prepareSource } from '@causeway/runtime/sqlite/prepare-source';
import type { Command } from 'commander';
import { planSource } from './migrate/migration-plan.ts';
import { stateFolder } from './state-folder.ts';
import type { CliContext } from './run-cli.ts';

export function registerPlan(program: Command, context: CliContext): void {
  program
    .command('plan')
    .argument('<source>', 'path of the SQLite database')
    .option('-o, --output <file>', 'write the plan here instead of to standard output')
    .option('--names <style>', 'exact or snake_case', 'exact')
    .option('--target-schema <schema>', 'schema in PostgreSQL', 'public')
    .option('--state <folder>', 'folder for working files')
    .description('decide types and names from every row, and write them as an editable plan; changes nothing')
    .action(async (source: string, options: { output?: string; names: 'exact' | 'snake_case'; targetSchema: string; state?: string }) => {
      const state = stateFolder(options.state, context);
      const prepared = await prepareSource(resolve(context.cwd, source), join(state, 'plan'), { forceCopy: false });
      const { plan } = planSource({ file: prepared.readPath, planFile: undefined, targetSchema: options.targetSchema, names: options.names, full: true });
      const text = planToYaml(plan);
      if (options.output === undefined) context.stdout.write(text);
      else {
        writeFileSync(resolve(context.cwd, options.output), text);
        context.stderr.write(`${plan.tables.length} tables planned: ${options.output}\n`);
      }
    });
}
