/** What an assessment says: findings with evidence, the rows that a migration would quarantine, and a verdict. JSON-able. */
import type { AssessVerdict, CheckId, Severity } from '@causeway/contracts/assess-checks';

/** A key of a row as people read it: column to text. */
export type ExampleKey = Readonly<Record<string, string>>;

export interface Finding {
  readonly check: CheckId;
  readonly severity: Severity;
  /** Source names; null where the finding is about the whole database, or the whole table. */
  readonly table: string | null;
  readonly column: string | null;
  /** Values, rows or objects that it is about. */
  readonly count: number;
  /** One sentence with the evidence. */
  readonly detail: string;
  readonly examples: readonly ExampleKey[];
}

/** Rows that `migrate` would put into the quarantine under this plan. */
export interface PredictedRefusals {
  readonly table: string;
  readonly column: string;
  /** As the quarantine will name it. */
  readonly code: string;
  readonly reason: string;
  readonly rows: number;
  readonly examples: readonly ExampleKey[];
}

export interface AssessedColumn {
  readonly name: string;
  readonly declared: string;
  readonly type: string;
  readonly form: string;
  readonly notNull: boolean;
  readonly classes: Readonly<Record<string, number>>;
  readonly evidence: string;
}

export interface AssessedTable {
  readonly name: string;
  readonly target: string;
  readonly rows: number;
  readonly predictedQuarantine: number;
  readonly columns: readonly AssessedColumn[];
}

export interface Assessment {
  readonly schema: 'causeway.assessment/1';
  readonly source: { readonly fileName: string; readonly bytes: number; readonly pageSize: number; readonly encoding: string; readonly journalMode: string };
  readonly verdict: AssessVerdict;
  readonly rows: number;
  readonly tables: readonly AssessedTable[];
  readonly findings: readonly Finding[];
  readonly quarantine: readonly PredictedRefusals[];
  readonly predictedQuarantine: number;
  readonly expected: { readonly seconds: number; readonly targetBytes: number; readonly transportBytes: number };
  /** Wall seconds: reading every value, telling refused rows, foreign keys, uniqueness. */
  readonly seconds: Readonly<Record<string, number>>;
}

const ORDER: readonly Severity[] = ['blocker', 'decision', 'notice', 'info'];

export function bySeverity(a: Finding, b: Finding): number {
  return ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity);
}

export function verdictOfFindings(findings: readonly Pick<Finding, 'severity'>[]): AssessVerdict {
  if (findings.some((f) => f.severity === 'blocker')) return 'blocked';
  return findings.some((f) => f.severity === 'decision') ? 'ready_with_decisions' : 'ready';
}
