/** Which transport, and how to reach it. */
import { Failure } from '@causeway/contracts/failures';

export type TransportConfig =
  | { readonly kind: 'kafka'; readonly brokers: readonly string[]; readonly clientId: string }
  | { readonly kind: 'embedded'; readonly file: string };

/** From a service's settings. Throws CONFIG_INVALID where the chosen transport lacks its address. */
export function transportConfig(settings: { transport: 'kafka' | 'embedded'; brokers: string; embeddedFile: string }, clientId: string): TransportConfig {
  if (settings.transport === 'embedded') {
    if (settings.embeddedFile === '') throw new Failure('CONFIG_INVALID', 'CAUSEWAY_EMBEDDED_FILE is required with the embedded transport');
    return { kind: 'embedded', file: settings.embeddedFile };
  }
  const brokers = settings.brokers.split(',').map((b) => b.trim()).filter((b) => b !== '');
  if (brokers.length === 0) throw new Failure('CONFIG_INVALID', 'KAFKA_BROKERS is required with the kafka transport');
  return { kind: 'kafka', brokers, clientId };
}
