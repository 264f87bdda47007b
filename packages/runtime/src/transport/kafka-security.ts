/** TLS and login of Kafka from settings, the same for the services and the command. Files, so that secrets stay out of the environment. */
import { readFileSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import { oneOf, type Settings, text } from '../config-table.ts';
import type { TransportSasl, TransportTls } from './transport-config.ts';

export const KAFKA_SECURITY_SETTINGS = {
  kafkaTls: { env: 'CAUSEWAY_KAFKA_TLS', help: 'on: encrypted, the broker proved by its certificate and name; off: in clear', parse: oneOf('on', 'off'), fallback: 'off' as const },
  kafkaTlsCa: { env: 'CAUSEWAY_KAFKA_TLS_CA_FILE', help: 'PEM file of the authority that signed the brokers; empty: those that Node trusts', parse: text, fallback: '' },
  kafkaTlsCert: { env: 'CAUSEWAY_KAFKA_TLS_CERT_FILE', help: 'PEM file of a client certificate, where brokers ask for one', parse: text, fallback: '' },
  kafkaTlsKey: { env: 'CAUSEWAY_KAFKA_TLS_KEY_FILE', help: 'PEM file of its key', parse: text, fallback: '' },
  kafkaSasl: { env: 'CAUSEWAY_KAFKA_SASL_MECHANISM', help: 'how to log in; none: not at all. plain needs TLS', parse: oneOf('none', 'plain', 'scram-sha-256', 'scram-sha-512'), fallback: 'none' as const },
  kafkaSaslUser: { env: 'CAUSEWAY_KAFKA_SASL_USERNAME', help: 'name of the login', parse: text, fallback: '' },
  kafkaSaslPasswordFile: { env: 'CAUSEWAY_KAFKA_SASL_PASSWORD_FILE', help: 'file that holds its password', parse: text, fallback: '' },
} as const;

export interface KafkaSecurity {
  readonly ssl?: TransportTls;
  readonly sasl?: TransportSasl;
}

/** Throws CONFIG_INVALID for a file that cannot be read, and for a password that would travel in clear. */
export function kafkaSecurity(settings: Settings<typeof KAFKA_SECURITY_SETTINGS>): KafkaSecurity {
  const sasl = saslOf(settings);
  if (settings.kafkaTls === 'off') {
    if (settings.kafkaTlsCa !== '' || settings.kafkaTlsCert !== '') throw new Failure('CONFIG_INVALID', 'certificates are given while CAUSEWAY_KAFKA_TLS is off');
    if (sasl?.mechanism === 'plain') throw new Failure('CONFIG_INVALID', 'CAUSEWAY_KAFKA_SASL_MECHANISM plain would send the password in clear: set CAUSEWAY_KAFKA_TLS to on, or use scram-sha-512');
    return sasl === undefined ? {} : { sasl };
  }
  const pem = { ca: settings.kafkaTlsCa, cert: settings.kafkaTlsCert, key: settings.kafkaTlsKey };
  const given = Object.entries(pem).filter(([, file]) => file !== '').map(([name, file]) => [name, fileText(file)] as const);
  return { ssl: given.length === 0 ? true : Object.fromEntries(given), ...(sasl === undefined ? {} : { sasl }) };
}

function saslOf({ kafkaSasl, kafkaSaslUser, kafkaSaslPasswordFile }: Settings<typeof KAFKA_SECURITY_SETTINGS>): TransportSasl | undefined {
  if (kafkaSasl === 'none') return undefined;
  if (kafkaSaslUser === '' || kafkaSaslPasswordFile === '') throw new Failure('CONFIG_INVALID', `${kafkaSasl} needs CAUSEWAY_KAFKA_SASL_USERNAME and CAUSEWAY_KAFKA_SASL_PASSWORD_FILE`);
  return { mechanism: kafkaSasl, username: kafkaSaslUser, password: fileText(kafkaSaslPasswordFile).trim() };
}

function fileText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Failure('CONFIG_INVALID', `${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown'}`, { cause });
  }
}
