/** The embedded implementation of the transport port: a durable log in one SQLite file, for one machine. */
import type Database from 'better-sqlite3';
import type { Log } from '../../log.ts';
import type { Transport } from '../port.ts';
import type { EmbeddedConfig } from '../transport-config.ts';
import { embeddedAdmin } from './embedded-admin.ts';
import { EmbeddedConsumer } from './embedded-consumer.ts';
import { EmbeddedProducer } from './embedded-producer.ts';
import { openLogFile } from './log-file.ts';

/** Long enough for a main thread that is busy with one large batch, short enough that a restart after a crash is not felt. */
const DEFAULT_LEASE_MS = 5_000;

export function openEmbeddedTransport(config: EmbeddedConfig, log: Log): Transport {
  const { file } = config;
  const open = new Map<Database.Database, () => Promise<void>>();
  /** A connection each: `data_version` tells a connection only of the others' commits. */
  const connect = <T>(make: (db: Database.Database, release: () => void) => T, close: (made: T) => Promise<void>): T => {
    const db = openLogFile(file);
    const made = make(db, () => open.delete(db) && db.close());
    open.set(db, () => close(made));
    return made;
  };
  return {
    kind: 'embedded',
    admin: async () => connect((db, release) => embeddedAdmin(db, file, release), (admin) => admin.close()),
    producer: async () => connect((db, release) => new EmbeddedProducer(db, file, release), (producer) => producer.close()),
    consumer: async (options) =>
      connect(
        (db, release) => new EmbeddedConsumer({ db, file, leaseMs: config.leaseMs ?? DEFAULT_LEASE_MS, release }, options),
        (consumer) => consumer.stop(),
      ),
    close: async () => {
      if (open.size > 0) log.debug({ open: open.size }, 'embedded transport closed with connections open');
      await Promise.all([...open.values()].map((close) => close()));
    },
  };
}
