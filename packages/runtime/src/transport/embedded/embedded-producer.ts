/** Appends to the embedded log, one transaction a send: when it resolves, SQLite has synced it to the disk. */
import type Database from 'better-sqlite3';
import type { OutgoingMessage, TransportProducer } from '../port.ts';
import { ChangeWatch } from './change-watch.ts';
import { orUnusable } from './log-file.ts';
import { LogStore } from './log-store.ts';

export class EmbeddedProducer implements TransportProducer {
  private readonly file: string;
  private readonly store: LogStore;
  private readonly watch: ChangeWatch;
  private readonly release: () => void;
  private readonly closing = new AbortController();
  private tail: Promise<void> = Promise.resolve();

  constructor(db: Database.Database, file: string, release: () => void) {
    this.file = file;
    this.store = new LogStore(db);
    this.watch = new ChangeWatch(db);
    this.release = release;
  }

  send(messages: readonly OutgoingMessage[]): Promise<void> {
    // One after the other: a send that waits for room must not be overtaken by a later one.
    const sent = this.tail.then(() => this.append(messages));
    this.tail = sent.catch(() => {});
    return sent;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.tail;
    this.release();
  }

  private async append(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const topic of new Set(messages.map((m) => m.topic))) {
      while (orUnusable(this.file, () => this.isFull(topic))) await this.watch.changed(this.closing.signal);
    }
    orUnusable(this.file, () => this.store.append(messages, Date.now()));
  }

  private isFull(name: string): boolean {
    const topic = this.store.existingTopic(name);
    return topic.backlogBytes !== null && this.store.storedBytes(topic) >= topic.backlogBytes;
  }
}
