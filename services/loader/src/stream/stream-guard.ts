/**
 * The step that moves the position: it must hit one row, which proves that the stream is still this loader's (rule 8).
 * The lock on the migration's row keeps a restart from making the tables anew beside this transaction (rule 12).
 */
import { Failure } from '@causeway/contracts/failures';
import type { StreamPosition } from '@causeway/control/live/stream-position';
import { BUILD_LOCK } from './build-lock.ts';
import type { Step, StepResult } from './pipeline.ts';
import type { StreamSession } from './stream-session.ts';

/** Where a transaction moves the position to. */
export interface Advance extends Omit<StreamPosition, 'epoch' | 'catchingUp'> {
  /** Changed keys that are applied. */
  readonly changes: number;
  /** When the extractor first saw the oldest change of the newest batch; null where none is applied. */
  readonly seenMs: number | null;
}

const GUARD = `UPDATE causeway.stream_position
   SET applied = $5::bigint, as_of = $6::bigint, next_offset = $7::bigint, marker_attempt = $8::bigint, resend_from = $9::bigint, changes = changes + $10::bigint,
       catching_up = $6::bigint > $5::bigint, seen_ms = coalesce($11::bigint, seen_ms), applied_at = clock_timestamp()
 WHERE migration = $1 AND generation = $2::int AND epoch = $3::bigint AND applied = $4::bigint
   AND EXISTS (SELECT 1 FROM causeway.migration m WHERE m.id = $1 AND m.generation = $2::int FOR SHARE)`;

export function guardStep(session: StreamSession, to: Advance): Step {
  const { g, epoch, position } = session;
  return {
    text: GUARD,
    prepared: true,
    values: [
      g.migration,
      String(g.generation),
      String(epoch),
      String(position.applied),
      String(to.applied),
      String(to.asOf),
      String(to.nextOffset),
      String(to.markerAttempt),
      to.resendFrom === null ? null : String(to.resendFrom),
      String(to.changes),
      to.seenMs === null ? null : String(to.seenMs),
    ],
  };
}

/** Throws FENCED; the caller rolls back. */
export function checkGuard(session: StreamSession, result: StepResult | undefined): void {
  // Invariant: I50
  if (result?.count !== 1) throw new Failure('FENCED', `the change stream of ${session.g.migration} was taken over by another loader, or its generation is over`);
}

export function buildLockStep(session: StreamSession): Step {
  return { text: 'SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))', prepared: true, values: [BUILD_LOCK(session.g.migration)] };
}
