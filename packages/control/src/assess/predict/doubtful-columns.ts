/** Which columns of a table may hold something that its contract does not take, as far as the profile can tell. */
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import type { ColumnProfile, TableProfile } from '../../plan/profile-table.ts';
import type { ColumnFacts } from '../facts/column-facts.ts';

export function doubtfulColumns(contract: TableContract, profile: TableProfile, facts: readonly ColumnFacts[], storesUtf8: boolean): number[] {
  return contract.columns.flatMap((column, i) => {
    const seen = profile.columns[i];
    return seen !== undefined && isDoubtful(column, seen, facts[i], storesUtf8) ? [i] : [];
  });
}

function isDoubtful(column: ColumnContract, seen: ColumnProfile, facts: ColumnFacts | undefined, storesUtf8: boolean): boolean {
  const { classes } = seen;
  if (column.notNull && classes.null > 0) return true;
  if (classes.text > 0 && (!storesUtf8 || (facts?.count('replacement') ?? 0) > 0)) return true;
  const chosen = seen.candidates.findIndex((c) => c.form === column.form && JSON.stringify(c.type) === JSON.stringify(column.type));
  if (chosen >= 0) return (seen.misfits[chosen] ?? 0) > 0;
  // Chosen from what is there, or by somebody's hand: only the plainest case is beyond doubt.
  return !(column.type.kind === 'int8' && classes.real + classes.text + classes.blob === 0);
}
