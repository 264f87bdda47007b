/** The verdict over all tables. */
import type { TableVerification } from './table-verification.ts';

export type ProofVerdict = 'equal' | 'equal_with_quarantine' | 'different';

export function verdictOf(tables: readonly Pick<TableVerification, 'equal' | 'quarantinedRows'>[]): ProofVerdict {
  if (tables.some((table) => !table.equal)) return 'different';
  return tables.some((table) => table.quarantinedRows > 0) ? 'equal_with_quarantine' : 'equal';
}
