/** Reads and writes of the embedded log. Synchronous; every method is one transaction of a few milliseconds. */
import { Failure } from '@causeway/contracts/failures';
import type Database from 'better-sqlite3';
import type { IncomingMessage, OutgoingMessage, PartitionEnds } from '../port.ts';
import { decodeHeaders, encodeHeaders } from './message-headers.ts';

export interface StoredTopic {
  readonly id: bigint;
  readonly partitions: number;
  /** `send` waits while this much is stored; null is without bound. */
  readonly backlogBytes: bigint | null;
}

interface MessageRow {
  readonly offset: bigint;
  readonly timestamp_ms: bigint;
  readonly key: Buffer | null;
  readonly headers: string | null;
  readonly value: Buffer;
}

export class LogStore {
  private readonly db: Database.Database;
  private readonly topicByName: Database.Statement<[string]>;
  private readonly endsOf: Database.Statement<[bigint]>;
  private readonly endOf: Database.Statement<[bigint, number]>;
  private readonly advance: Database.Statement;
  private readonly insert: Database.Statement;
  private readonly from: Database.Statement<[bigint, number, bigint]>;

  constructor(db: Database.Database) {
    this.db = db;
    this.topicByName = db.prepare('SELECT id, partitions, backlog_bytes FROM topic WHERE name = ?');
    this.endsOf = db.prepare('SELECT partition, low, high, bytes FROM partition WHERE topic = ? ORDER BY partition');
    this.endOf = db.prepare('SELECT partition, low, high FROM partition WHERE topic = ? AND partition = ?');
    this.advance = db.prepare('UPDATE partition SET high = high + 1, bytes = bytes + ? WHERE topic = ? AND partition = ? RETURNING high');
    this.insert = db.prepare('INSERT INTO message (topic, partition, "offset", timestamp_ms, key, headers, value) VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.from = db.prepare('SELECT "offset", timestamp_ms, key, headers, value FROM message WHERE topic = ? AND partition = ? AND "offset" >= ? ORDER BY "offset"');
  }

  topic(name: string): StoredTopic | null {
    const row = this.topicByName.get(name) as { id: bigint; partitions: bigint; backlog_bytes: bigint | null } | undefined;
    return row === undefined ? null : { id: row.id, partitions: Number(row.partitions), backlogBytes: row.backlog_bytes };
  }

  /** Throws TRANSPORT_GAP: whoever reads or writes a topic that is gone has lost messages. */
  existingTopic(name: string): StoredTopic {
    const topic = this.topic(name);
    if (topic === null) throw new Failure('TRANSPORT_GAP', `there is no topic ${name}`);
    return topic;
  }

  storedBytes(topic: StoredTopic): bigint {
    return (this.endsOf.all(topic.id) as { bytes: bigint }[]).reduce((sum, row) => sum + row.bytes, 0n);
  }

  ends(name: string): readonly PartitionEnds[] {
    const rows = this.endsOf.all(this.existingTopic(name).id) as { partition: bigint; low: bigint; high: bigint }[];
    return rows.map((row) => ({ partition: Number(row.partition), low: row.low, high: row.high }));
  }

  /** All or nothing, on disk when it returns. */
  append(messages: readonly OutgoingMessage[], nowMs: number): void {
    this.db.transaction(() => {
      const ids = new Map<string, bigint>();
      for (const message of messages) {
        let id = ids.get(message.topic);
        if (id === undefined) ids.set(message.topic, (id = this.existingTopic(message.topic).id));
        this.appendOne(id, message, nowMs);
      }
    }).immediate();
  }

  private appendOne(topic: bigint, message: OutgoingMessage, nowMs: number): void {
    const bytes = BigInt(message.value.length + (message.key?.length ?? 0));
    const moved = this.advance.get(bytes, topic, message.partition) as { high: bigint } | undefined;
    if (moved === undefined) throw new Failure('CONFIG_INVALID', `topic ${message.topic} has no partition ${message.partition}`);
    this.insert.run(topic, message.partition, moved.high - 1n, nowMs, message.key, encodeHeaders(message.headers), message.value);
  }

  /**
   * Messages from an offset on, about `limitBytes` of them and at least one if there is one, with the ends of the same
   * moment. Throws TRANSPORT_GAP if the topic is not the one it was, or does not hold that offset.
   */
  read(name: string, topicId: bigint, partition: number, from: bigint, limitBytes: number): { messages: IncomingMessage[]; high: bigint } {
    return this.db.transaction(() => {
      const ends = this.checkedEnds(name, topicId, partition, from);
      const messages: IncomingMessage[] = [];
      if (from === ends.high) return { messages, high: ends.high };
      let bytes = 0;
      for (const row of this.from.iterate(topicId, partition, from) as Iterable<MessageRow>) {
        messages.push({ partition, offset: row.offset, key: row.key, value: row.value, headers: decodeHeaders(row.headers), timestampMs: Number(row.timestamp_ms) });
        bytes += row.value.length;
        if (bytes >= limitBytes) break;
      }
      return { messages, high: ends.high };
    })();
  }

  checkedEnds(name: string, topicId: bigint, partition: number, from: bigint): { low: bigint; high: bigint } {
    if (this.topic(name)?.id !== topicId) throw new Failure('TRANSPORT_GAP', `topic ${name} was removed or made anew while it was read`);
    const ends = this.endOf.get(topicId, partition) as { low: bigint; high: bigint } | undefined;
    if (ends === undefined || from < ends.low || from > ends.high) {
      throw new Failure('TRANSPORT_GAP', `partition ${partition} of ${name} holds offsets ${ends?.low ?? '-'} to ${ends?.high ?? '-'}, but ${from} is needed`);
    }
    return ends;
  }
}
