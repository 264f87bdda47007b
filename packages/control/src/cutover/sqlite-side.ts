/** SQLite's side of a cutover, in the file itself. Every call is a short transaction of its own. */
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { FenceWatch } from '../capture/fence-watch.ts';
import { readCount } from '../capture/source-facts.ts';
import { fenceState, liftFence, raiseFence } from '../capture/source-fence.ts';
import { sourceTouched } from '../capture/source-touched.ts';
import type { SourceSide } from './cutover-sides.ts';

/** `version`: of these contracts. */
export function sqliteSide(db: SourceDatabase, contracts: readonly TableContract[], version?: number): SourceSide {
  const watch = new FenceWatch(db);
  // Told once by the watch, and true for as long as that fence stands.
  let passed: { readonly attempt: bigint; readonly how: string } | undefined;
  return {
    fence: () => {
      const { attempt, end } = fenceState(db);
      return { attempt, end: attempt === 0n ? null : end };
    },
    raiseFence: (attempt) => unlessStale(() => void raiseFence(db, attempt, version)),
    liftFence: (attempt) => unlessStale(() => liftFence(db, attempt)),
    touched: () => {
      const { attempt } = fenceState(db);
      const foreign = watch.foreign();
      if (foreign !== null) passed = { attempt, how: foreign };
      return sourceTouched(db, contracts) ?? (passed?.attempt === attempt ? passed.how : null);
    },
    backMarker: () => readCount(db, 'back_marker'),
  };
}

/** A newer attempt has decided: the next lap sees it. A writer that does not end is told as what it is. */
function unlessStale(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure && error.code === 'FENCE_STALE') return;
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw new Failure('SOURCE_BUSY', 'a transaction of the application keeps SQLite', { cause: error });
    throw error;
  }
}
