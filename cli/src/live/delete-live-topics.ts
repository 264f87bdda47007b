/** Deletes the topics of a migration that has ended, where its transport can be reached. */
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { deleteTopics } from '@causeway/control/topics/ensure-topics';
import { readSettings } from '@causeway/runtime/config-table';
import { createLog } from '@causeway/runtime/log';
import { messageOf } from '@causeway/runtime/postgres-pool';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import { KAFKA_SECURITY_SETTINGS } from '@causeway/runtime/transport/kafka-security';
import { transportConfig } from '@causeway/runtime/transport/transport-config';

export interface TransportPlace {
  readonly kind: 'kafka' | 'embedded';
  readonly brokers: string;
  readonly embeddedFile: string;
  /** TLS and login of the brokers. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Null where they are gone; else why they are not. */
export async function deleteLiveTopics(record: MigrationRecord, { kind, brokers, embeddedFile, environment }: TransportPlace): Promise<string | null> {
  if (kind === 'kafka' && brokers === '') return "no brokers were given (--brokers or KAFKA_BROKERS); a broker of causeway's own keeps them in its state folder";
  try {
    const transport = await connectTransport(transportConfig({ transport: kind, brokers, embeddedFile, ...readSettings(KAFKA_SECURITY_SETTINGS, environment) }, 'causeway-cli'), { log: createLog('cli', 'silent') });
    try {
      await deleteTopics(transport, record);
      return null;
    } finally {
      await transport.close();
    }
  } catch (error) {
    return messageOf(error);
  }
}
