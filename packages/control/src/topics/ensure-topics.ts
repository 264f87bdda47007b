/** Makes the topics of a generation, explicitly. Whichever service comes first makes them; the other finds them. */
import { backTopic, CHANGES_TOPIC_CONFIG, changesTopic, SCHEMA_TOPIC_CONFIG, SNAPSHOT_TOPIC_CONFIG, schemaTopic, snapshotTopic } from '@causeway/contracts/topics';
import type { Transport } from '@causeway/runtime/transport/port';
import type { MigrationRecord } from '../record/migration-record.ts';

/** −1: as many replicas as the brokers' own default says. */
const BROKER_DEFAULT = -1;

export async function ensureTopics(transport: Transport, record: MigrationRecord): Promise<void> {
  const admin = await transport.admin();
  try {
    await admin.createTopic({ name: schemaTopic(record.id), partitions: 1, replication: BROKER_DEFAULT, config: SCHEMA_TOPIC_CONFIG });
    // Invariant: I18
    await admin.createTopic({ name: snapshotTopic(record.id, record.generation), partitions: record.settings.partitions, replication: BROKER_DEFAULT, config: SNAPSHOT_TOPIC_CONFIG });
    if (!record.settings.live) return;
    for (const name of streamTopics(record)) await admin.createTopic({ name, partitions: 1, replication: BROKER_DEFAULT, config: CHANGES_TOPIC_CONFIG });
  } finally {
    await admin.close();
  }
}

export async function deleteTopics(transport: Transport, record: MigrationRecord): Promise<void> {
  const admin = await transport.admin();
  try {
    await admin.deleteTopic(snapshotTopic(record.id, record.generation));
    if (record.settings.live) for (const name of streamTopics(record)) await admin.deleteTopic(name);
    await admin.deleteTopic(schemaTopic(record.id));
  } finally {
    await admin.close();
  }
}

function streamTopics(record: MigrationRecord): string[] {
  return [changesTopic(record.id, record.generation), backTopic(record.id, record.generation)];
}
