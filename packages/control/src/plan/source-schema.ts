/** What the pragmas tell about a source: tables, columns, keys, foreign keys, indexes, triggers, views. */

/** https://www.sqlite.org/datatype3.html#determination_of_column_affinity */
export type Affinity = 'integer' | 'real' | 'numeric' | 'text' | 'blob';

export interface SourceColumn {
  readonly name: string;
  readonly declared: string;
  readonly affinity: Affinity;
  readonly notNull: boolean;
  /** Text of the DEFAULT clause, as the pragma gives it. */
  readonly defaultSql: string | null;
  /** 1-based position in the primary key, 0 where the column is not in it. */
  readonly keyPosition: number;
  readonly generated: 'no' | 'virtual' | 'stored';
}

export interface SourceIndex {
  readonly name: string;
  readonly unique: boolean;
  /** c: CREATE INDEX, u: UNIQUE constraint, pk: PRIMARY KEY. */
  readonly origin: 'c' | 'u' | 'pk';
  readonly partial: boolean;
  readonly sql: string | null;
  /** A function of it that only the application's connection knows. */
  readonly ownFunction?: string;
  /** Null name: an expression. */
  readonly parts: readonly { readonly name: string | null; readonly descending: boolean; readonly collation: string }[];
}

export interface SourceForeignKey {
  readonly id: number;
  readonly parent: string;
  readonly columns: readonly string[];
  /** Empty strings are resolved to the parent's primary key; null where it has none that fits. */
  readonly parentColumns: readonly (string | null)[];
  readonly onUpdate: string;
  readonly onDelete: string;
}

export interface SourceTable {
  readonly name: string;
  readonly sql: string;
  readonly columns: readonly SourceColumn[];
  readonly withoutRowid: boolean;
  readonly strict: boolean;
  readonly autoincrement: boolean;
  /** The INTEGER PRIMARY KEY column that is the rowid, if there is one. */
  readonly rowidColumn: string | null;
  /** Name under which the rowid can be read; null for WITHOUT ROWID or where columns shadow all three names. */
  readonly rowidAlias: string | null;
  /** fts3/4/5 table with its own content, or an R*Tree: read through its visible columns. */
  readonly fts: 'fts4' | 'fts5' | 'rtree' | null;
  /** The tokenizer of a full-text table, where only the application's connection has it. */
  readonly ownTokenizer?: string;
  readonly indexes: readonly SourceIndex[];
  readonly foreignKeys: readonly SourceForeignKey[];
  /** Value of sqlite_sequence, where the table has one. */
  readonly sequence: bigint | null;
}

/** A part of the schema that is not a table whose rows move. */
export interface SourceObject {
  readonly kind: 'view' | 'trigger' | 'virtual_table' | 'shadow_table';
  readonly name: string;
  readonly table: string;
  readonly sql: string | null;
  readonly note: string;
  /** It holds rows of its own, which cannot be read. */
  readonly leftBehind?: true;
}

export interface SourceSchema {
  readonly tables: readonly SourceTable[];
  readonly objects: readonly SourceObject[];
  readonly encoding: string;
  readonly journalMode: string;
  readonly schemaVersion: number;
  readonly pageBytes: number;
}

/** Rules 1–5 of the source's own documentation, in their order. */
export function affinityOf(declared: string): Affinity {
  const t = declared.toUpperCase();
  if (t.includes('INT')) return 'integer';
  if (t.includes('CHAR') || t.includes('CLOB') || t.includes('TEXT')) return 'text';
  if (t.includes('BLOB') || t === '') return 'blob';
  if (t.includes('REAL') || t.includes('FLOA') || t.includes('DOUB')) return 'real';
  return 'numeric';
}
