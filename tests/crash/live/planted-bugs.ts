/**
 * Bugs that the suite must find: each takes one rule out of a built product. They are changes of a copy's compiled files,
 * never a switch in the product: nothing that is installed can be made to behave so.
 */
import type { Fault } from './draw-plan.ts';

export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Each must be there exactly once: a bug that is planted nowhere proves nothing. */
  readonly changes: readonly (readonly [from: string, to: string])[];
  /** What has to be broken for it to show; drawn anew for each try. */
  readonly faults: (tryNo: number) => readonly Fault[];
}

const following = (victim: Fault['victim'], delayMs: number, more: Partial<Fault> = {}): Fault => ({ victim, moment: 'following', delayMs, ...more });
const loading = (victim: Fault['victim'], failPoint: string): Fault => ({ victim, moment: 'loading', delayMs: 0, failPoint });

export const PLANTED: readonly PlantedBug[] = [
  {
    name: 'the position is committed before the rows',
    file: 'services/loader/dist/stream/apply-batches.js',
    changes: [
      ["let begin = [{ text: 'BEGIN', prepared: true }, buildLockStep(session), guardStep(session, to)];", "const early = await session.pipeline.run([{ text: 'BEGIN', prepared: true }, guardStep(session, to), { text: 'COMMIT', prepared: true }]); checkGuard(session, early[1]); let begin = [{ text: 'BEGIN', prepared: true }, buildLockStep(session), { text: 'SELECT 1' }];"],
    ],
    faults: (n) => [loading('loader', `loader.before_commit:exit9@${8 + n * 7}`)],
  },
  {
    name: 'a range that is in the ledger is loaded again',
    file: 'services/loader/dist/apply/apply-ranges.js',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a compiled file
    changes: [['const mine = ranges.filter((range) => fresh.delete(`${range.table}/${range.range}`));', 'const mine = ranges;']],
    // Sent again because the reader died before it was told that they are loaded, by a loader that takes its time.
    faults: (n) => [loading('extractor', `extractor.snapshot_after_ack:exit9@${1 + n}`), loading('loader', 'loader.mid_copy:delay')],
  },
  {
    name: 'the epoch of the claim is not looked at',
    file: 'services/loader/dist/stream/stream-guard.js',
    changes: [['AND epoch = $3::bigint AND applied = $4::bigint', 'AND $3::bigint IS NOT NULL AND $4::bigint IS NOT NULL']],
    // The first one holds a batch while the second takes over and goes on; then it applies it, and dies before it could put it right.
    faults: (n) => [following('second loader', 50), loading('loader', `loader.after_fetch:delay@${40 + n * 40}`), loading('loader', 'loader.after_commit:exit9>loader.after_fetch')],
  },
  {
    name: 'what REPLACE deletes is not captured',
    file: 'packages/control/dist/capture/captured-table.js',
    changes: [['colliding: table.indexes.filter((index) => mayCollide(index, table, contract))', 'colliding: []']],
    faults: () => [],
  },
  {
    name: 'numbers travel with 15 digits, as through JSON in SQL',
    file: 'services/extractor/dist/read/row-writer.js',
    changes: [['this.buf.writeDoubleLE(n, this.pos);', 'this.buf.writeDoubleLE(Number(n.toPrecision(15)), this.pos);']],
    faults: () => [],
  },
  {
    name: 'the log is purged before it is applied',
    file: 'services/extractor/dist/follow/log-purge.js',
    changes: [['const bound = applied < published ? applied : published;', 'const bound = published + 1000000n; return bound;']],
    faults: (n) => [following('loader', 100 + n * 100), following('extractor', 300 + n * 100)],
  },
  {
    name: 'log and rows are not read in one transaction',
    file: 'services/extractor/dist/follow/change-publisher.js',
    changes: [["db.exec('BEGIN');", ''], ["db.exec('COMMIT');", '']],
    faults: () => [],
  },
  {
    name: 'the queue of the way back is deleted up to the newest entry that was seen',
    file: 'services/extractor/dist/back/back-reader.js',
    changes: [['DELETE FROM causeway.back_queue WHERE id = ANY ($1::bigint[])', 'DELETE FROM causeway.back_queue WHERE id <= (SELECT max(seen) FROM unnest($1::bigint[]) AS seen)']],
    faults: (n) => [{ victim: 'extractor', moment: 'switched', delayMs: 100 + n * 100, stopMs: 1_500 }],
  },
];
