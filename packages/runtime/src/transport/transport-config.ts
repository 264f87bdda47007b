/** Which transport, and how to reach it. */
import { Failure } from '@causeway/contracts/failures';
import type { Settings } from '../config-table.ts';
import { type KAFKA_SECURITY_SETTINGS, kafkaSecurity } from './kafka-security.ts';

/** Certificates as PEM text. `true` trusts what the system trusts. */
export type TransportTls = true | { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string };

export interface TransportSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export interface KafkaConfig {
  readonly kind: 'kafka';
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: TransportTls;
  readonly sasl?: TransportSasl;
  /** How long the first connection may take; default 15 s. */
  readonly connectDeadlineMs?: number;
  /** How long nothing may succeed once connected; default 120 s. */
  readonly idleDeadlineMs?: number;
  /** After which a request without an answer is sent again, on another connection; default 20 s. */
  readonly requestMs?: number;
  /** How long a consumer may be silent before its partitions go to others; default 10 s. */
  readonly sessionMs?: number;
}

export interface EmbeddedConfig {
  readonly kind: 'embedded';
  readonly file: string;
  /** How long a consumer may be silent before another takes over; default 5 s. */
  readonly leaseMs?: number;
}

export type TransportConfig = KafkaConfig | EmbeddedConfig;

export type TransportSettings = { transport: 'kafka' | 'embedded'; brokers: string; embeddedFile: string } & Settings<typeof KAFKA_SECURITY_SETTINGS>;

/** From a service's settings. Throws CONFIG_INVALID where the chosen transport lacks its address. */
export function transportConfig(settings: TransportSettings, clientId: string): TransportConfig {
  if (settings.transport === 'embedded') {
    if (settings.embeddedFile === '') throw new Failure('CONFIG_INVALID', 'CAUSEWAY_EMBEDDED_FILE is required with the embedded transport');
    return { kind: 'embedded', file: settings.embeddedFile };
  }
  const brokers = settings.brokers.split(',').map((b) => b.trim()).filter((b) => b !== '');
  if (brokers.length === 0) throw new Failure('CONFIG_INVALID', 'KAFKA_BROKERS is required with the kafka transport');
  return { kind: 'kafka', brokers, clientId, ...kafkaSecurity(settings) };
}
