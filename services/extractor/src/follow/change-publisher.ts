/**
 * Publishes the log: each batch is the whole backlog of one read transaction, keys with the rows of that very moment, so
 * that whoever applies it whole has a state that the source once committed (rules 3, 6 and 7).
 */
import { randomUUID } from 'node:crypto';
import { changesTopic } from '@causeway/contracts/topics';
import { Failure } from '@causeway/contracts/failures';
import type { CapturedTable } from '@causeway/control/capture/captured-table';
import type { Generation } from '@causeway/control/record/table-record';
import { failPoint } from '@causeway/runtime/fail-point';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { TransportProducer } from '@causeway/runtime/transport/port';
import { type BatchHeader, beatMessage, PartWriter } from '../publish/part-writer.ts';
import { ChangedKeys } from './changed-keys.ts';
import type { SourceCheck, SourceLook } from './check-source.ts';
import type { FollowTable } from './follow-table.ts';
import { syncWal } from './sync-wal.ts';

export interface PublisherInput {
  readonly db: SourceDatabase;
  readonly file: string;
  readonly g: Generation;
  readonly check: SourceCheck;
  readonly captured: readonly CapturedTable[];
  readonly tables: readonly FollowTable[];
  readonly producer: TransportProducer;
  /** Of the contracts that `tables` are made by. */
  readonly version: number;
}

/** The rows of this moment are not those that the contracts speak of: the new schema is taken over first. */
export class SchemaMoved extends Error {}

export interface PublishedBatch extends SourceLook {
  /** Changed keys that were published; 0: there was nothing behind the position. */
  readonly keys: number;
  readonly bytes: number;
}

export class ChangePublisher {
  /** Newest id whose batch was acknowledged. */
  published: bigint;
  private readonly input: PublisherInput;
  private readonly changed: ChangedKeys;
  private readonly tables: ReadonlyMap<number, FollowTable>;
  private readonly attempt = randomUUID();
  private batch = 0n;

  constructor(input: PublisherInput, from: bigint) {
    this.input = input;
    this.published = from;
    this.changed = new ChangedKeys(input.db, Math.max(1, ...input.captured.map((table) => table.key.length)));
    this.tables = new Map(input.tables.map((table) => [table.contract.table, table]));
  }

  /** How the source stands, without reading any of it. */
  lookOnly(): PublishedBatch {
    return this.input.db.transaction(() => ({ ...this.input.check.look(this.published, this.input.captured), keys: 0, bytes: 0 }))();
  }

  /** Everything behind the position. `seenMs`: when its oldest change was first noticed. */
  async publishBacklog(seenMs: number): Promise<PublishedBatch> {
    const { db, check, captured } = this.input;
    db.exec('BEGIN');
    try {
      const look = check.look(this.published, captured);
      if (look.schemaMoved && look.fence === 0n) throw new SchemaMoved();
      if (look.end === this.published) return { ...look, keys: 0, bytes: 0 };
      if (this.published < look.purgedTo) throw new Failure('LOG_PURGED', `the log begins behind ${look.purgedTo}, and the target has only what is up to ${this.published}`);
      const sent = await this.publish(this.header(look.end, look.fence, seenMs));
      // Invariant: I82
      this.published = look.end;
      failPoint('extractor.follow_after_ack');
      return { ...look, ...sent };
    } finally {
      db.exec('COMMIT');
    }
  }

  /** Tells that there is nothing behind the position, or, under the fence and at its end, that the log is drained. */
  async publishBeat(look: SourceLook): Promise<'heartbeat' | 'marker'> {
    // Invariant: I83
    const drained = look.fence !== 0n && this.published === look.fenceEnd;
    await this.send(beatMessage(this.header(this.published, look.fence, Date.now()), drained ? 'marker' : 'heartbeat'));
    this.batch++;
    return drained ? 'marker' : 'heartbeat';
  }

  private async publish(header: BatchHeader): Promise<{ keys: number; bytes: number }> {
    const touched = this.changed.fill(header.from, header.to);
    failPoint('extractor.follow_after_read');
    await syncWal(this.input.file);
    let keys = 0;
    let bytes = 0;
    const writer = new PartWriter(header, (message) => {
      bytes += message.length;
      return this.send(message);
    });
    this.batch++;
    for (const { table, first, last } of touched) {
      const follow = this.tables.get(table);
      // Its last entries: the application has dropped it since.
      if (follow === undefined) continue;
      for (const row of follow.read(first, last)) {
        keys++;
        await writer.add(table, row);
      }
    }
    // Only our own sentinel, or entries of it: the position moves on all the same.
    if (!(await writer.end())) await this.send(beatMessage(header, 'heartbeat'));
    return { keys, bytes };
  }

  private header(to: bigint, fence: bigint, seenMs: number): BatchHeader {
    const { migration, generation } = this.input.g;
    return { migration, generation, version: this.input.version, attempt: this.attempt, batch: this.batch, from: this.published, to, asOf: to, fence, epoch: 0n, seenMs: Math.round(seenMs) };
  }

  private send(value: Buffer): Promise<void> {
    return this.input.producer.send([{ topic: changesTopic(this.input.g.migration, this.input.g.generation), partition: 0, key: null, value }]);
  }
}
