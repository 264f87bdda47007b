/** Whether each given broker accepts a connection; asked of all at once. */
import { portAnswers } from '@causeway/runtime/parts/loopback-port';
import type { DoctorCheck } from './doctor-check.ts';

const CONNECT_MS = 3_000;

export async function brokerChecks(brokers: string): Promise<DoctorCheck[]> {
  const addresses = brokers.split(',').map((address) => address.trim()).filter((address) => address !== '');
  return Promise.all(addresses.map((address) => brokerCheck(address)));
}

async function brokerCheck(address: string): Promise<DoctorCheck> {
  const url = URL.canParse(`tcp://${address}`) ? new URL(`tcp://${address}`) : undefined;
  const base = { name: 'Kafka broker', usedFor: 'the transport', required: true } as const;
  if (url === undefined || url.port === '') return { ...base, found: `${address} is not host:port`, verdict: 'missing', remedy: 'give --brokers host:port,host:port' };
  // An IPv6 address stands in brackets in a URL and without them in a connection.
  const answers = await portAnswers(Number(url.port), url.hostname.replace(/^\[(.*)\]$/, '$1'), CONNECT_MS);
  if (answers) return { ...base, found: `${address} accepts connections`, verdict: 'ok' };
  return { ...base, found: `${address} does not answer within ${CONNECT_MS / 1000} s`, verdict: 'missing', remedy: 'check --brokers, the firewall, and the listeners of the broker' };
}
