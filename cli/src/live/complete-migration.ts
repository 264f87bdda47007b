/** Ends a live migration after its cutover. Every part is idempotent: cut off anywhere, the same command finishes it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { removeCapture } from '@causeway/control/capture/install-capture';
import { decideCompleted } from '@causeway/control/cutover/decisions';
import { forgetMigration, releaseTarget } from '@causeway/control/live/end-live';
import type { LiveRecord } from '@causeway/control/live/live-record';
import { readBeats } from '@causeway/control/live/service-beat';
import { failPoint } from '@causeway/runtime/fail-point';
import { deleteLiveTopics, type TransportPlace } from './delete-live-topics.ts';
import { type LiveReport, liveReport, writeLiveReport } from './live-report.ts';
import type { LiveSession } from './live-session.ts';

const QUIET_MS = 1_500;
const PATIENCE_MS = 15_000;

/** Throws CUTOVER_NOT_READY: only PostgreSQL as the primary can stay alone. */
export function checkSwitched(live: LiveRecord): void {
  if (live.phase !== 'switched' && live.phase !== 'completed') throw new Failure('CUTOVER_NOT_READY', `the migration is ${live.phase}: only after a cutover it can be completed; \`causeway detach\` gives it up`);
}

export interface Completed {
  readonly report: LiveReport;
  readonly path: string;
  /** Why topics were left behind; null: they are gone. */
  readonly topicsLeft: string | null;
}

export async function completeMigration({ pool, g, record, live, contracts, db }: Omit<LiveSession, 'url' | 'serverVersion'>, place: TransportPlace, folder: string, version: string): Promise<Completed> {
  const report = await liveReport(pool, record, g, version);
  if (live.phase === 'switched' && !(await decideCompleted(pool, g, live))) throw new Failure('FENCED', 'another command has decided about this migration just now');
  failPoint('complete.after_decision');
  await servicesEnded({ pool, g });
  const path = writeLiveReport(report, folder);
  await releaseTarget(pool, g, contracts);
  failPoint('complete.after_target');
  const topicsLeft = await deleteLiveTopics(record, place);
  removeCapture(db);
  failPoint('complete.after_source');
  await forgetMigration(pool, record.id);
  return { report, path, topicsLeft };
}

/** They end by themselves when they see the phase; none must find its tables gone under it. */
async function servicesEnded({ pool, g }: Pick<LiveSession, 'pool' | 'g'>): Promise<void> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
    if ((await readBeats(pool, g.migration)).every((b) => b.ageMs > QUIET_MS)) return;
    await sleep(200);
  }
}
