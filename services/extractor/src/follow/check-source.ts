/**
 * What every read transaction of the tailer looks at before it believes the log: that it is this migration's file, that
 * its capture is whole, and that it has not gone back behind what PostgreSQL has (rules 2, 15 and 16).
 */
import { statSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import type { LiveRecord } from '@causeway/control/live/live-record';
import { checkCapture } from '@causeway/control/capture/install-capture';
import type { CapturedTable } from '@causeway/control/capture/captured-table';
import { captureIsThere, logEnd, readCount, readFact, schemaIsKnown } from '@causeway/control/capture/source-facts';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';

export interface SourceLook {
  /** Newest id of the log. */
  readonly end: bigint;
  readonly purgedTo: bigint;
  /** Attempt whose fence stands, 0 without; and the log's end under it. */
  readonly fence: bigint;
  readonly fenceEnd: bigint;
  /** The application has changed its schema, or somebody has vacuumed, and nobody has taken that in yet: nothing is to be read by the old contracts. */
  readonly schemaMoved: boolean;
}

export class SourceCheck {
  private readonly db: SourceDatabase;
  private readonly file: string;
  private readonly inode: bigint;
  private readonly live: Pick<LiveRecord, 'migration' | 'token'>;
  private readonly contractVersion: number;
  private schemaVersion: number | undefined;

  /** `contractVersion`: of the contracts by which the caller reads. */
  constructor(db: SourceDatabase, file: string, live: Pick<LiveRecord, 'migration' | 'token'>, contractVersion = 0) {
    this.db = db;
    this.file = file;
    this.inode = inodeOf(file);
    this.live = live;
    this.contractVersion = contractVersion;
  }

  /** In the caller's read transaction. `published`: nothing at or below it may be missing from the log's count. */
  look(published: bigint, tables: readonly CapturedTable[]): SourceLook {
    // Invariant: I80
    const version = this.db.pragma('schema_version', { simple: true }) as number;
    if (version !== this.schemaVersion) this.checkOwner();
    const schemaMoved = !schemaIsKnown(this.db) || readCount(this.db, 'contract_version') !== BigInt(this.contractVersion);
    // Under a fence nothing is taken in, and whoever switches is told what has passed it.
    if (version !== this.schemaVersion && (!schemaMoved || readCount(this.db, 'fence_attempt') !== 0n)) checkCapture(this.db, tables);
    this.schemaVersion = version;
    const end = logEnd(this.db);
    if (end < published) throw new Failure('SOURCE_REWOUND', `its log ends at ${end}, and ${published} was published`);
    return { end, purgedTo: readCount(this.db, 'purged_to'), fence: readCount(this.db, 'fence_attempt'), fenceEnd: readCount(this.db, 'fence_end'), schemaMoved };
  }

  /** A file that was put in place of ours is read by nobody: our connection still holds the old one. */
  checkReplaced(): void {
    if (inodeOf(this.file) !== this.inode) throw new Failure('SOURCE_REPLACED', `${this.file} is another file than the one that was followed`);
  }

  private checkOwner(): void {
    if (!captureIsThere(this.db)) throw new Failure('CAPTURE_LOST', 'none of it is there');
    if (readFact(this.db, 'migration') !== this.live.migration) throw new Failure('CAPTURE_FOREIGN', `the source is followed by migration ${String(readFact(this.db, 'migration'))}`);
    if (readFact(this.db, 'token') !== this.live.token) throw new Failure('SOURCE_REPLACED', 'its capture is another one than this migration has installed');
  }
}

function inodeOf(file: string): bigint {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? -1n;
}
