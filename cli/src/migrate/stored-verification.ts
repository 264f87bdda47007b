/** The newest verification of a generation, as the validator stored it. */
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import type pg from 'pg';
import type { OutcomeTable, Verdict } from './machine-outcome.ts';

export interface VerifiedTable extends OutcomeTable {
  readonly digestSource: string | null;
  readonly digestTarget: string | null;
  readonly seconds: number;
  readonly differenceCount: number;
  /** Absent in records of before. */
  readonly explained?: readonly { readonly column: string; readonly policy: string; readonly values: number }[];
  readonly differences: readonly { readonly kind: string; readonly key: unknown; readonly columns: readonly string[] }[];
}

export interface StoredVerification {
  readonly verdict: Exclude<Verdict, 'failed'>;
  readonly tables: readonly VerifiedTable[];
  readonly seconds: number;
}

export async function readVerification(pool: pg.Pool, record: MigrationRecord): Promise<StoredVerification | null> {
  const result = await pool.query('SELECT verdict, tables, seconds FROM causeway.verification WHERE migration = $1 AND generation = $2 ORDER BY run DESC LIMIT 1', [record.id, record.generation]);
  return (result.rows[0] as StoredVerification | undefined) ?? null;
}
