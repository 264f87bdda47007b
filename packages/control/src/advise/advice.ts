/** One thing that the owner of the target could do, with what it rests on. Nothing here changes anything. */
export interface Advice {
  readonly kind: 'unused_index' | 'duplicate_index' | 'missing_index' | 'invalid_index' | 'slow_query' | 'read_in_full' | 'statistics' | 'setting';
  /** The table, index, setting or statement, as SQL names it. */
  readonly subject: string;
  /** With figures. */
  readonly why: string;
  /** The statement that does it; null where a person has to look first. */
  readonly ddl: string | null;
  /** What would be gained or is lost, for the order: bytes of an index, milliseconds of a query. */
  readonly weight: number;
}

export interface AdviceReport {
  /** How long the server has counted; what was not used in a short time may be used in a longer one. */
  readonly countedHours: number | null;
  readonly statements: 'available' | 'not_loaded' | 'not_created' | 'not_readable';
  readonly advice: readonly Advice[];
  readonly notes: readonly string[];
}
