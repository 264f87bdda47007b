/** Decides whether a row of PostgreSQL, the primary, has its like in SQLite. Pure. The words are those of judgeRow: they tell of PostgreSQL. */
import type { TableContract } from '@causeway/contracts/table-contract';
import { judgeRow, type Verdict } from '../judge-row.ts';
import type { SourceRowState, TargetRowState } from '../row-state.ts';

/**
 * Null: equal. A row that only SQLite has may be one that PostgreSQL never took: then the quarantine names it. Where
 * PostgreSQL has one too, it was written there since, and has to have come back.
 */
export function judgeBack(contract: TableContract, source: readonly SourceRowState[], target: readonly TargetRowState[], quarantined: boolean): Verdict | null {
  const [first] = source;
  if (first === undefined) return target.length === 0 ? null : { kind: 'extra', columns: [] };
  if (target.length === 0) return quarantined ? null : { kind: 'missing', columns: [] };
  // Two spellings of one key: PostgreSQL has one of the rows.
  const verdicts = source.map((row) => judgeRow(contract, row, target, false));
  return verdicts.includes(null) ? null : (verdicts[0] as Verdict);
}
