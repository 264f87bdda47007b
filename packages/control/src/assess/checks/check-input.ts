/** What a check may look at. */
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { PlanDocument, PlanTable } from '../../plan/plan-document.ts';
import type { TableProfile } from '../../plan/profile-table.ts';
import type { SourceSchema, SourceTable } from '../../plan/source-schema.ts';
import type { Finding, PredictedRefusals } from '../assessment.ts';
import type { ColumnFacts } from '../facts/column-facts.ts';

export interface CheckedTable {
  readonly source: SourceTable;
  readonly plan: PlanTable;
  /** Null where the plan leaves the table behind. */
  readonly contract: TableContract | null;
  /** Columns in the order of the plan's; `facts` too. */
  readonly profile: TableProfile;
  /** A foreign key of another table, or of itself, points at it. */
  readonly referenced: boolean;
  readonly facts: readonly ColumnFacts[];
}

export interface CheckInput {
  readonly db: SourceDatabase;
  readonly file: string;
  readonly bytes: number;
  readonly schema: SourceSchema;
  readonly plan: PlanDocument;
  readonly tables: readonly CheckedTable[];
  readonly refused: readonly PredictedRefusals[];
}

export type Check = (input: CheckInput) => Iterable<Finding>;

/**
 * A check of one object that asks the database. Where SQLite cannot answer (a collation or a function of the
 * application's own), that is the finding: the other objects are checked all the same.
 */
export function* asking(about: Pick<Finding, 'check' | 'table' | 'column'>, check: () => Iterable<Finding>): Generator<Finding> {
  try {
    yield* check();
  } catch (error) {
    if (!((error as { code?: string }).code ?? '').startsWith('SQLITE_ERROR')) throw error;
    yield finding({ ...about, severity: 'notice', detail: `could not be checked: ${(error as Error).message}` });
  }
}

/** A finding without the parts that most leave out. */
export function finding(given: Pick<Finding, 'check' | 'severity' | 'detail'> & Partial<Finding>): Finding {
  return { table: null, column: null, count: 1, examples: [], ...given };
}
