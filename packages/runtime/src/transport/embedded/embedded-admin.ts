/** Topics of the embedded log. */
import { Failure } from '@causeway/contracts/failures';
import type Database from 'better-sqlite3';
import type { IncomingMessage, TopicSpec, TransportAdmin } from '../port.ts';
import { orUnusable } from './log-file.ts';
import { LogStore } from './log-store.ts';

/** A setting of ours, not Kafka's: `send` waits while the topic stores this much. Only for topics that are trimmed. */
export const BACKLOG_SETTING = 'causeway.backlog.bytes';
const READ_BYTES = 1024 * 1024;

export function embeddedAdmin(db: Database.Database, file: string, close: () => void): TransportAdmin {
  const store = new LogStore(db);
  return {
    createTopic: async (spec) => orUnusable(file, () => createTopic(db, store, spec)),
    deleteTopic: async (name) => orUnusable(file, () => deleteTopic(db, store, name)),
    endOffsets: async (topic) => orUnusable(file, () => store.ends(topic)),
    readAll: (topic, partition) => readAll(store, topic, partition),
    trim: async (topic, partition, before) => orUnusable(file, () => trim(db, store, { topic, partition, before })),
    close: async () => close(),
  };
}

function createTopic(db: Database.Database, store: LogStore, spec: TopicSpec): 'created' | 'exists' {
  return db.transaction(() => {
    const existing = store.topic(spec.name);
    if (existing !== null && existing.partitions !== spec.partitions) {
      throw new Failure('CONFIG_INVALID', `topic ${spec.name} has ${existing.partitions} partitions, not ${spec.partitions}`);
    }
    if (existing !== null) return 'exists';
    const backlog = spec.config[BACKLOG_SETTING];
    const { lastInsertRowid } = db
      .prepare('INSERT INTO topic (name, partitions, backlog_bytes, config) VALUES (?, ?, ?, ?)')
      .run(spec.name, spec.partitions, backlog === undefined ? null : BigInt(backlog), JSON.stringify(spec.config));
    const insert = db.prepare('INSERT INTO partition (topic, partition, low, high, bytes) VALUES (?, ?, 0, 0, 0)');
    for (let partition = 0; partition < spec.partitions; partition++) insert.run(lastInsertRowid, partition);
    return 'created';
  }).immediate();
}

function deleteTopic(db: Database.Database, store: LogStore, name: string): void {
  db.transaction(() => {
    const topic = store.topic(name);
    if (topic === null) return;
    for (const table of ['message', 'partition']) db.prepare(`DELETE FROM ${table} WHERE topic = ?`).run(topic.id);
    db.prepare('DELETE FROM consumed WHERE topic = ?').run(name);
    db.prepare('DELETE FROM topic WHERE id = ?').run(topic.id);
  }).immediate();
}

function trim(db: Database.Database, store: LogStore, at: { topic: string; partition: number; before: bigint }): void {
  db.transaction(() => {
    const { id } = store.existingTopic(at.topic);
    const below = 'topic = ? AND partition = ? AND "offset" < ?';
    const freed = db.prepare(`SELECT coalesce(sum(length(value) + coalesce(length(key), 0)), 0) FROM message WHERE ${below}`).pluck().get(id, at.partition, at.before);
    const moved = db
      .prepare('UPDATE partition SET low = ?, bytes = bytes - ? WHERE topic = ? AND partition = ? AND low < ? AND high >= ?')
      .run(at.before, freed, id, at.partition, at.before, at.before);
    if (moved.changes === 0) return checkTrim(store, at);
    db.prepare(`DELETE FROM message WHERE ${below}`).run(id, at.partition, at.before);
  }).immediate();
}

/** Nothing moved: fine if it was trimmed that far already, wrong if that offset was never reached. */
function checkTrim(store: LogStore, at: { topic: string; partition: number; before: bigint }): void {
  const ends = store.ends(at.topic)[at.partition];
  if (ends === undefined || at.before > ends.high) {
    throw new Failure('TRANSPORT_GAP', `partition ${at.partition} of ${at.topic} ends at ${ends?.high ?? '-'}, so it cannot be trimmed to ${at.before}`);
  }
}

async function* readAll(store: LogStore, name: string, partition: number): AsyncGenerator<IncomingMessage> {
  const { id } = store.existingTopic(name);
  const ends = store.ends(name)[partition];
  if (ends === undefined) throw new Failure('CONFIG_INVALID', `topic ${name} has no partition ${partition}`);
  let next = ends.low;
  while (next < ends.high) {
    const { messages } = store.read(name, id, partition, next, READ_BYTES);
    for (const message of messages) {
      if (message.offset >= ends.high) return;
      yield message;
      next = message.offset + 1n;
    }
  }
}
