/** What a person sees at the end of `migrate` and `verify`, and the machine's last line. */
import type { MachineOutcome } from './migrate/machine-outcome.ts';
import type { StoredVerification } from './migrate/stored-verification.ts';
import { visibleText } from './report/visible-text.ts';
import type { CliContext } from './run-cli.ts';

const MAX_SHOWN = 20;

export function printSummary(context: CliContext, outcome: MachineOutcome, verification: StoredVerification, json: boolean): void {
  if (json) {
    context.stdout.write(`${JSON.stringify(outcome)}\n`);
    return;
  }
  const rows = outcome.tables.reduce((sum, t) => sum + t.sourceRows, 0);
  context.stdout.write(`${outcome.verdict}: ${outcome.tables.length} tables, ${rows} rows\n`);
  for (const table of verification.tables) {
    for (const e of table.explained ?? []) context.stdout.write(`  ${visibleText(table.source)}.${visibleText(e.column)}: ${e.values} explained difference(s), policy ${e.policy}\n`);
  }
  for (const table of verification.tables.filter((t) => !t.equal)) {
    context.stdout.write(`  ${visibleText(table.source)}: ${table.sourceRows} in the source, ${table.targetRows} in the target, ${table.quarantinedRows} quarantined, ${table.differenceCount} different\n`);
    for (const difference of table.differences.slice(0, MAX_SHOWN)) {
      context.stdout.write(`    ${difference.kind} ${visibleText(JSON.stringify(difference.key))}${difference.columns.length > 0 ? `: ${visibleText(difference.columns.join(', '))}` : ''}\n`);
    }
  }
}
