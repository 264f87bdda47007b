/** Tables that the application made itself, as the target's catalogue describes them. */

export interface ExistingColumn {
  readonly name: string;
  /** As `format_type()` prints it. */
  readonly type: string;
  readonly notNull: boolean;
  /** A default, an identity or a sequence gives a value where the row brings none. */
  readonly hasDefault: boolean;
  /** GENERATED ALWAYS AS (…) STORED: PostgreSQL computes it and accepts no value. */
  readonly generated: boolean;
}

export interface ExistingTable {
  readonly name: string;
  /** Null for an ordinary table; else what it is instead (a view, a partitioned table …). */
  readonly unusable: string | null;
  readonly columns: readonly ExistingColumn[];
}

/** The exact name; else the only one that differs in case, as unquoted names do that both databases were given. */
export function findByName<T extends { readonly name: string }>(list: readonly T[], name: string): T | undefined {
  const exact = list.find((item) => item.name === name);
  if (exact !== undefined) return exact;
  const folded = list.filter((item) => item.name.toLowerCase() === name.toLowerCase());
  return folded.length === 1 ? folded[0] : undefined;
}
