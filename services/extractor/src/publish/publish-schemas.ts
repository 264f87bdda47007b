/** Publishes the Avro schema of every table to the compacted schema topic, once, keyed by schema id. */
import { blockSchema } from '@causeway/contracts/avro-schema';
import { schemaIdOf } from '@causeway/contracts/schema-id';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { TransportProducer } from '@causeway/runtime/transport/port';

const CHUNK = 50;

export async function publishSchemas(producer: TransportProducer, topic: string, generation: number, contracts: readonly TableContract[]): Promise<void> {
  for (let from = 0; from < contracts.length; from += CHUNK) {
    await producer.send(
      contracts.slice(from, from + CHUNK).map((contract) => ({
        topic,
        partition: 0,
        key: Buffer.from(String(schemaIdOf(generation, contract.table))),
        value: Buffer.from(JSON.stringify(blockSchema(contract))),
      })),
    );
  }
}
