/**
 * How far the target is along the change stream. One row, updated in the transaction that writes the rows, guarded by
 * the epoch and the position that it replaces (rule 8): a loader that was taken over cannot commit.
 */
import type { Generation } from '../record/table-record.ts';
import type pg from 'pg';

export interface StreamPosition {
  readonly epoch: bigint;
  /** Newest log id whose effects are committed here. */
  readonly applied: bigint;
  /** Newest log id that any applied row may be as new as; equal to `applied` outside of catching up. */
  readonly asOf: bigint;
  readonly nextOffset: bigint;
  /** Newest attempt whose drain marker was consumed. */
  readonly markerAttempt: bigint;
  readonly catchingUp: boolean;
  /** The loader has met a gap: the extractor publishes again from here, and the loader clears it with the next commit. */
  readonly resendFrom: bigint | null;
}

const COLUMNS = 'epoch, applied, as_of AS "asOf", next_offset AS "nextOffset", marker_attempt AS "markerAttempt", catching_up AS "catchingUp", resend_from AS "resendFrom"';

export async function readStreamPosition(client: pg.Pool | pg.ClientBase, g: Generation): Promise<StreamPosition> {
  const result = await client.query(`SELECT ${COLUMNS} FROM causeway.stream_position WHERE migration = $1 AND generation = $2`, [g.migration, g.generation]);
  return result.rows[0] as StreamPosition;
}
