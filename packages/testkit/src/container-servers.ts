/** The suite's second fixture: PostgreSQL and Kafka as containers, where the machine has an engine for them. */
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import { freePort } from './free-port.ts';

/** Rejects within milliseconds where there is none. */
export async function containerEngineIsThere(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}

export interface ContainerServers {
  readonly url: string;
  readonly brokers: string;
  stop(): Promise<void>;
}

export async function startContainerServers(): Promise<ContainerServers> {
  const port = await freePort();
  const [postgres, kafka] = await Promise.all([startPostgres(), startKafka(port)]);
  return {
    url: `postgres://postgres:of-this-run@${postgres.getHost()}:${postgres.getMappedPort(5432)}/postgres`,
    brokers: `127.0.0.1:${port}`,
    stop: async () => {
      await Promise.all([postgres.stop(), kafka.stop()]);
    },
  };
}

function startPostgres(): Promise<StartedTestContainer> {
  return new GenericContainer('postgres:15-alpine')
    .withEnvironment({ POSTGRES_PASSWORD: 'of-this-run', POSTGRES_INITDB_ARGS: '--auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8' })
    .withExposedPorts(5432)
    // The image starts twice; the second start is the one that stays.
    .withWaitStrategy(Wait.forLogMessage('database system is ready to accept connections', 2))
    .start();
}

/** A broker tells its clients where it is, so its port outside must be known before it starts. */
function startKafka(port: number): Promise<StartedTestContainer> {
  return new GenericContainer('apache/kafka:4.1.0')
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `BROKER://:${port},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `BROKER://127.0.0.1:${port}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_MESSAGE_MAX_BYTES: String(8 * 1024 * 1024),
    })
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
}
