/**
 * What a migration proved, as plain JSON-able data: the HTML page and the JSON file are two views of this one value.
 * It has no place for a row's values, and none for a password: `ReportTarget` can only be made by `reportTarget`.
 * Scripts read the JSON: a change that would break one gets a new schema number.
 */
import type { StorageClass } from '@causeway/contracts/source-value';
import type { LoadOutcome } from '../loadtest/load-outcome.ts';
import type { QueriesOutcome } from '../queries/queries-outcome.ts';
import type { ReportTarget } from './report-target.ts';

export const REPORT_SCHEMA = 'causeway.report/1';

export type Verdict = 'equal' | 'equal_with_quarantine' | 'different' | 'failed';

export type Fidelity = 'exact' | 'approximated' | 'needs_decision' | 'not_moved';

export interface ReportModel {
  readonly schema: typeof REPORT_SCHEMA;
  readonly migration: string;
  readonly generation: number;
  readonly toolVersion: string;
  readonly source: ReportSource;
  readonly target: ReportTarget;
  readonly transport: ReportTransport;
  readonly verdict: Verdict;
  /** Present when the verdict is `failed`: why there is no proof. */
  readonly failure?: ReportFailure;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Wall seconds by phase, in the order the phases ran. Phases may overlap, so the sum is not the duration. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly services: readonly ReportService[];
  readonly tables: readonly ReportTable[];
  readonly columns: readonly ReportColumn[];
  readonly objects: readonly ReportObject[];
  readonly quarantine: readonly ReportQuarantine[];
  /** Values that differ because a policy of the plan says so; the validator has expected each at its place. */
  readonly explained: readonly ReportExplained[];
  readonly differences: readonly ReportDifference[];
  readonly warnings: readonly string[];
  readonly checks: readonly ReportCheck[];
  /** What `causeway queries` found last; absent where it was not asked. */
  readonly queries?: QueriesOutcome;
  /** What `causeway loadtest` measured last. */
  readonly load?: LoadOutcome;
}

export interface ReportSource {
  /** The file's own name without its folder. */
  readonly fileName: string;
  readonly bytes: number;
  readonly pageSize: number;
  readonly encoding: string;
  readonly journalMode: string;
  /** Fingerprint over sqlite_schema: the same schema gives the same text. */
  readonly schemaFingerprint: string;
}

export interface ReportTransport {
  readonly kind: 'kafka' | 'embedded';
  /** One sentence for the reader: what this transport means, and what the other would add. */
  readonly meaning: string;
}

export interface ReportFailure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface ReportService {
  readonly service: string;
  readonly peakRssMiB: number;
  readonly cpuSeconds: number;
}

export interface ReportTable {
  readonly source: string;
  readonly target: string;
  readonly sourceRows: number;
  readonly targetRows: number;
  readonly quarantinedRows: number;
  /** Every cell of every row that is not in the quarantine was compared and is the same. False also where it was not compared. */
  readonly equal: boolean;
  /** Encoded bytes that went through the transport. */
  readonly bytes: number;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** Hex, over the rows that are not in the quarantine; null where the table was not compared. */
  readonly checksumSource: string | null;
  readonly checksumTarget: string | null;
  /** How rows are named: by a primary key, by a unique one, or, without a key, by their rowid. */
  readonly keyKind: 'integer' | 'single' | 'composite' | 'rowid';
}

export interface ReportColumn {
  /** Source name of the table. */
  readonly table: string;
  readonly column: string;
  readonly declaredType: string;
  /** How many values of each storage class are really there; absent is none. */
  readonly storage: Readonly<Partial<Record<StorageClass, number>>>;
  readonly targetType: string;
  /** The evidence, for a reader: "all 52,000 values are 0 or 1". */
  readonly reason: string;
  /** The mapping rule's stable name. */
  readonly rule: string;
  readonly fidelity: Fidelity;
}

export type ObjectKind =
  | 'index'
  | 'unique'
  | 'check'
  | 'foreign_key'
  | 'default'
  | 'view'
  | 'trigger'
  | 'generated_column'
  | 'virtual_table'
  | 'table'
  | 'extension'
  | 'fulltext'
  | 'partition';

export interface ReportObject {
  readonly kind: ObjectKind;
  readonly name: string;
  /** The table it belongs to; null for a view. */
  readonly table: string | null;
  readonly fidelity: Fidelity;
  readonly sourceSql: string | null;
  readonly targetSql: string | null;
  readonly notes: readonly string[];
}

/** A part of a key as a person reads it: integer and text as they are, blob as hex. */
export interface KeyPart {
  readonly column: string;
  readonly class: StorageClass;
  readonly text: string;
}

export type RowKey = readonly KeyPart[];

export interface ReportQuarantine {
  readonly table: string;
  readonly column: string;
  readonly code: string;
  readonly reason: string;
  readonly rows: number;
  /** A few keys, never the values that were refused. */
  readonly exampleKeys: readonly RowKey[];
}

export interface ReportExplained {
  readonly table: string;
  readonly column: string;
  readonly policy: string;
  readonly values: number;
}

export interface ReportDifference {
  readonly table: string;
  /** Null where the difference is of the whole table, such as its count. */
  readonly key: RowKey | null;
  /** Null where the row is missing on one side. */
  readonly column: string | null;
  /** Digests of the two values; null where that side has no row. */
  readonly sourceDigest: string | null;
  readonly targetDigest: string | null;
}

export interface ReportCheck {
  readonly name: string;
  /** The kinds of corruption that it catches. */
  readonly catches: readonly string[];
  readonly outcome: 'passed' | 'failed' | 'not_run';
  /** With numbers: "52 of 52 tables". */
  readonly detail: string;
}
