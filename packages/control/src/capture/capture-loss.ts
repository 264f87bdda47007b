/**
 * Whether the capture can still be believed, for whoever reads the log (rule 16). Looked at in the reader's own
 * transaction each time that schema_version moves; the schema itself is only read again where it is another one, as
 * the fence of a cutover moves that version too.
 */
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import { discoverSchema } from '../plan/discover-schema.ts';
import type { LiveRecord } from '../live/live-record.ts';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { capturedTables } from './captured-table.ts';
import { checkCapture } from './install-capture.ts';
import { schemaEntries } from './application-schema.ts';
import { fenceTriggerName } from './source-fence.ts';
import { captureIsThere, readCount, readFact, schemaIsKnown } from './source-facts.ts';

export class CaptureWatch {
  private readonly live: Pick<LiveRecord, 'migration' | 'token'>;
  private readonly contracts: readonly TableContract[];
  private version: number | undefined;
  private mark = '';
  private known: string | null = null;
  private readonly contractVersion: number;

  constructor(live: Pick<LiveRecord, 'migration' | 'token'>, contracts: readonly TableContract[], contractVersion = 0) {
    this.live = live;
    this.contracts = contracts;
    this.contractVersion = contractVersion;
  }

  /**
   * In the caller's read transaction, where the capture is there: the application has changed its schema, and these
   * contracts do not speak of it. Whoever follows it is at work, or has been; the new contracts come with the stream.
   */
  // Invariant: I97
  moved(db: SourceDatabase): boolean {
    return !schemaIsKnown(db) || readCount(db, 'contract_version') !== BigInt(this.contractVersion);
  }

  /** In the caller's read transaction: what is missing, in words; null: nothing. */
  // Invariant: I90
  loss(db: SourceDatabase): string | null {
    const version = db.pragma('schema_version', { simple: true }) as number;
    if (version === this.version) return this.known;
    const mark = schemaMark(db);
    if (mark !== this.mark) this.known = this.find(db);
    this.mark = mark;
    this.version = version;
    return this.known;
  }

  private find(db: SourceDatabase): string | null {
    if (!captureIsThere(db)) return 'none of it is there';
    const { migration, token } = this.live;
    if (readFact(db, 'migration') !== migration || readFact(db, 'token') !== token) return 'it is the capture of another migration';
    try {
      checkCapture(db, capturedTables(discoverSchema(db), this.contracts));
      return null;
    } catch (error) {
      if (error instanceof Failure) return error.message;
      throw error;
    }
  }
}

/** Tables, indexes and the triggers of the capture: all that decides what is captured. */
function schemaMark(db: SourceDatabase): string {
  const fence = fenceTriggerName('');
  const ours = schemaEntries(db, 'ours').filter((entry) => !entry.name.startsWith(fence));
  const others = schemaEntries(db, 'application').filter((entry) => entry.type === 'table' || entry.type === 'index');
  return JSON.stringify([...ours, ...others]);
}
