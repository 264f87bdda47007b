/** What the translator knows of the columns that an expression may name: where each went, and what the source keeps in it. */
import { foldAscii } from './parse/fold-ascii.ts';

export type TargetType = 'int2' | 'int4' | 'int8' | 'numeric' | 'float8' | 'boolean' | 'text' | 'varchar' | 'bytea' | 'date' | 'timestamp' | 'timestamptz' | 'time' | 'interval' | 'uuid' | 'jsonb' | 'inet';

export type Affinity = 'integer' | 'real' | 'numeric' | 'text' | 'blob';
export type CollationName = 'BINARY' | 'NOCASE' | 'RTRIM';
export type StorageClass = 'integer' | 'real' | 'text' | 'blob';

export interface ScopeColumn {
  /** Column name in PostgreSQL, unquoted. */
  readonly target: string;
  readonly type: TargetType;
  /** Of the declared type in the source: it decides how SQLite compares. */
  readonly affinity: Affinity;
  readonly collation: CollationName;
  readonly notNull: boolean;
  /**
   * The storage classes, NULL aside, that the column's moved values really have. Absent: derived from type and affinity,
   * and where these leave it open the translation is `approximated`.
   */
  readonly classes?: readonly StorageClass[];
  /** Every source value of a date or uuid column has the text that PostgreSQL prints, so that text order and equality agree. */
  readonly canonical?: boolean;
  /** The source column is generated: what reads it is computed after it. */
  readonly generated?: boolean;
}

export interface ColumnScope {
  /** Key: the source name with ASCII letters in lower case, as SQLite folds names (and only ASCII). */
  readonly columns: ReadonlyMap<string, ScopeColumn>;
}

/** SQLite folds ASCII letters only: 'Ärger' and 'ärger' are two columns. */
export function findColumn(scope: ColumnScope, name: string): ScopeColumn | undefined {
  return scope.columns.get(foldAscii(name));
}
