/**
 * What every read transaction of the tailer looks at before it believes the log: that it is this migration's file, that
 * its capture is whole, and that it has not gone back behind what PostgreSQL has (rules 2, 15 and 16).
 */
import { statSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import type { LiveRecord } from '@causeway/control/live/live-record';
import { checkCapture } from '@causeway/control/capture/install-capture';
import type { CapturedTable } from '@causeway/control/capture/captured-table';
import { captureIsThere, logEnd, readCount, readFact } from '@causeway/control/capture/source-facts';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';

export interface SourceLook {
  /** Newest id of the log. */
  readonly end: bigint;
  readonly purgedTo: bigint;
  /** Attempt whose fence stands, 0 without; and the log's end under it. */
  readonly fence: bigint;
  readonly fenceEnd: bigint;
  /** Since the last look the application has changed its schema, or somebody has vacuumed. */
  readonly schemaChanged: boolean;
}

export class SourceCheck {
  private readonly db: SourceDatabase;
  private readonly file: string;
  private readonly inode: bigint;
  private readonly live: Pick<LiveRecord, 'migration' | 'token'>;
  private schemaVersion: number | undefined;

  constructor(db: SourceDatabase, file: string, live: Pick<LiveRecord, 'migration' | 'token'>) {
    this.db = db;
    this.file = file;
    this.inode = inodeOf(file);
    this.live = live;
  }

  /** In the caller's read transaction. `published`: nothing at or below it may be missing from the log's count. */
  look(published: bigint, tables: readonly CapturedTable[]): SourceLook {
    // Invariant: I80
    const version = this.db.pragma('schema_version', { simple: true }) as number;
    const schemaChanged = version !== this.schemaVersion;
    if (schemaChanged) this.checkSchema(tables);
    this.schemaVersion = version;
    const end = logEnd(this.db);
    if (end < published) throw new Failure('SOURCE_REWOUND', `its log ends at ${end}, and ${published} was published`);
    return { end, purgedTo: readCount(this.db, 'purged_to'), fence: readCount(this.db, 'fence_attempt'), fenceEnd: readCount(this.db, 'fence_end'), schemaChanged };
  }

  /** A file that was put in place of ours is read by nobody: our connection still holds the old one. */
  checkReplaced(): void {
    if (inodeOf(this.file) !== this.inode) throw new Failure('SOURCE_REPLACED', `${this.file} is another file than the one that was followed`);
  }

  private checkSchema(tables: readonly CapturedTable[]): void {
    if (!captureIsThere(this.db)) throw new Failure('CAPTURE_LOST', 'none of it is there');
    if (readFact(this.db, 'migration') !== this.live.migration) throw new Failure('CAPTURE_FOREIGN', `the source is followed by migration ${String(readFact(this.db, 'migration'))}`);
    if (readFact(this.db, 'token') !== this.live.token) throw new Failure('SOURCE_REPLACED', 'its capture is another one than this migration has installed');
    checkCapture(this.db, tables);
  }
}

function inodeOf(file: string): bigint {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? -1n;
}
