/** The settings of one broker that is its own controller, for one machine. */

/** Above the largest block of rows with its headers; the producer's own limit is below. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

export interface KafkaPorts {
  readonly broker: number;
  readonly controller: number;
}

/** Text of server.properties. Backslashes are an escape in that format. */
export function kafkaSettings(ports: KafkaPorts, dataDir: string): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.bootstrap.servers=127.0.0.1:${ports.controller}`,
    `listeners=BROKER://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    `advertised.listeners=BROKER://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    'listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=BROKER',
    'controller.listener.names=CONTROLLER',
    `log.dirs=${dataDir.replaceAll('\\', '\\\\')}`,
    // The first member of a group would otherwise wait three seconds for others.
    'group.initial.rebalance.delay.ms=0',
    'offsets.topic.num.partitions=4',
    'offsets.topic.replication.factor=1',
    'transaction.state.log.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.num.partitions=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    // A misspelt topic must be an error, not a new topic.
    'auto.create.topics.enable=false',
    `message.max.bytes=${MAX_MESSAGE_BYTES}`,
    `replica.fetch.max.bytes=${MAX_MESSAGE_BYTES}`,
    // Two cores are shared with the migration itself.
    'num.network.threads=2',
    'num.io.threads=4',
    // Flushing is left to the kernel, as Kafka's own default has it: what a power cut takes from the log's end the
    // extractor finds missing in the target's ledger and sends again. Flushing every second cost a load a tenth of its time.
    '',
  ].join('\n');
}

/** slf4j-simple writes to standard error, which is the part's log file. */
export const LOG_SETTINGS = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS',
];
