/** Opens the configured transport; the client library of the other one is never loaded. */
import type { KafkaDeps } from './kafka/kafka-client.ts';
import type { Transport } from './port.ts';
import type { TransportConfig } from './transport-config.ts';

export async function connectTransport(config: TransportConfig, deps: KafkaDeps): Promise<Transport> {
  if (config.kind === 'embedded') {
    const { openEmbeddedTransport } = await import('./embedded/embedded-transport.ts');
    return openEmbeddedTransport(config, deps.log);
  }
  const { connectKafka } = await import('./kafka/kafka-transport.ts');
  return connectKafka(config, deps);
}
