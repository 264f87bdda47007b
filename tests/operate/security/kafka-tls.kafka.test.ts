/** A real broker that takes TLS and a login alone: our transport reaches it with both, and with less says what is missing. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLog } from '@causeway/runtime/log';
import { readSettings } from '@causeway/runtime/config-table';
import { findJava } from '@causeway/runtime/parts/java-runtime';
import { DEFAULT_CACHE, kafkaJars } from '@causeway/runtime/parts/kafka-jars';
import { portAnswers } from '@causeway/runtime/parts/loopback-port';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import { KAFKA_SECURITY_SETTINGS } from '@causeway/runtime/transport/kafka-security';
import { transportConfig } from '@causeway/runtime/transport/transport-config';
import { freePort } from '@causeway/testkit/free-port';

const ROOT = resolve(import.meta.dirname, '../../..');
const PASSWORD = 'kafka-password-of-this-test';
let folder: string;
let broker: ChildProcess;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-tls-'));
  const made = spawnSync('sh', [join(ROOT, 'ops/tls/make-certificates.sh'), join(folder, 'tls'), 'kafka'], { encoding: 'utf8' });
  expect([made.status, made.stderr]).toEqual([0, expect.any(String)]);
  const java = findJava(process.env)?.command as string;
  const jars = await kafkaJars({ cacheDir: DEFAULT_CACHE, environment: process.env, signal: new AbortController().signal });
  const controller = await freePort();
  port = await freePort();
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, settings(port, controller));
  const kafka = (...args: string[]): string[] => ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), ...args];
  const format = spawnSync(java, kafka('kafka.tools.StorageTool', 'format', '--standalone', '-t', 'MkU3OEVBNTcwNTJENDM2Qg', '-c', properties, '--add-scram', `SCRAM-SHA-512=[name=causeway,password=${PASSWORD}]`), { encoding: 'utf8' });
  expect([format.status, format.status === 0 ? '' : format.stdout + format.stderr]).toEqual([0, '']);
  broker = spawn(java, kafka('kafka.Kafka', properties), { stdio: 'ignore' });
  for (const until = Date.now() + 90_000; Date.now() < until && !(await portAnswers(port)); ) await new Promise((done) => setTimeout(done, 200));
}, 180_000);

afterAll(async () => {
  if (broker !== undefined) {
    const gone = new Promise((done) => broker.once('exit', done));
    broker.kill('SIGKILL');
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
});

function settings(at: number, controller: number): string {
  mkdirSync(join(folder, 'data'));
  const login = (mechanism: string, module: string): string => `listener.name.secure.${mechanism}.sasl.jaas.config=${module}`;
  return [
    'process.roles=broker,controller', 'node.id=1', `controller.quorum.bootstrap.servers=127.0.0.1:${controller}`,
    `listeners=SECURE://127.0.0.1:${at},CONTROLLER://127.0.0.1:${controller}`, `advertised.listeners=SECURE://127.0.0.1:${at},CONTROLLER://127.0.0.1:${controller}`,
    'listener.security.protocol.map=SECURE:SASL_SSL,CONTROLLER:PLAINTEXT', 'controller.listener.names=CONTROLLER', 'inter.broker.listener.name=SECURE',
    'sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN', 'sasl.mechanism.inter.broker.protocol=PLAIN',
    login('scram-sha-512', 'org.apache.kafka.common.security.scram.ScramLoginModule required;'),
    login('plain', `org.apache.kafka.common.security.plain.PlainLoginModule required username="broker" password="${PASSWORD}" user_broker="${PASSWORD}" user_causeway="${PASSWORD}";`),
    'ssl.keystore.type=PEM', `ssl.keystore.location=${join(folder, 'tls/kafka/server.pem')}`, 'ssl.truststore.type=PEM', `ssl.truststore.location=${join(folder, 'tls/ca.crt')}`,
    `log.dirs=${join(folder, 'data')}`, 'offsets.topic.replication.factor=1', 'offsets.topic.num.partitions=1', 'group.initial.rebalance.delay.ms=0', 'auto.create.topics.enable=false', '',
  ].join('\n');
}

function open(environment: Readonly<Record<string, string>>): ReturnType<typeof connectTransport> {
  const config = transportConfig({ transport: 'kafka', brokers: `127.0.0.1:${port}`, embeddedFile: '', ...readSettings(KAFKA_SECURITY_SETTINGS, environment) }, 'test');
  return connectTransport({ ...config, connectDeadlineMs: 8_000 } as typeof config, { log: createLog('test', 'silent') });
}

function secure(mechanism: string, password = PASSWORD): Record<string, string> {
  const file = join(folder, `password-${password.length}`);
  writeFileSync(file, `${password}\n`);
  return { CAUSEWAY_KAFKA_TLS: 'on', CAUSEWAY_KAFKA_TLS_CA_FILE: join(folder, 'tls/ca.crt'), CAUSEWAY_KAFKA_SASL_MECHANISM: mechanism, CAUSEWAY_KAFKA_SASL_USERNAME: 'causeway', CAUSEWAY_KAFKA_SASL_PASSWORD_FILE: file };
}

test.each(['scram-sha-512', 'plain'])('%s over TLS: topics are made and read', async (mechanism) => {
  const transport = await open(secure(mechanism));
  try {
    const admin = await transport.admin();
    expect(await admin.createTopic({ name: `secure-${mechanism}`, partitions: 1, replication: 1, config: {} })).toBe('created');
    expect(await admin.endOffsets(`secure-${mechanism}`)).toEqual([{ partition: 0, low: 0n, high: 0n }]);
  } finally {
    await transport.close();
  }
});

test.each([
  ['a wrong password', () => secure('scram-sha-512', 'wrong'), 'CONFIG_INVALID'],
  ['no login', () => ({ CAUSEWAY_KAFKA_TLS: 'on', CAUSEWAY_KAFKA_TLS_CA_FILE: join(folder, 'tls/ca.crt') }), expect.stringMatching(/BROKER_UNREACHABLE|CONFIG_INVALID|INTERNAL/)],
  ['a broker whose authority is not trusted', () => ({ ...secure('scram-sha-512'), CAUSEWAY_KAFKA_TLS_CA_FILE: '' }), 'BROKER_UNREACHABLE'],
  ['no TLS', () => ({}), 'BROKER_UNREACHABLE'],
] as const)('%s is refused, and no password is told', async (_what, environment, code) => {
  const transport = await open(environment());
  const asked = transport.admin().then((admin) => admin.endOffsets('none'));
  const error = await asked.then(() => undefined, (thrown: unknown) => thrown);
  await transport.close();
  expect(error).toMatchObject({ code });
  expect(`${(error as Error).message}${(error as Error).stack}${JSON.stringify(error)}`).not.toContain(PASSWORD);
});

test('plain in clear, a login without a password, certificates without TLS: refused before anything is sent', () => {
  const config = (environment: Readonly<Record<string, string>>): unknown => transportConfig({ transport: 'kafka', brokers: 'x:1', embeddedFile: '', ...readSettings(KAFKA_SECURITY_SETTINGS, environment) }, 'test');
  expect(() => config({ ...secure('plain'), CAUSEWAY_KAFKA_TLS: 'off', CAUSEWAY_KAFKA_TLS_CA_FILE: '' })).toThrow(/in clear/);
  expect(() => config({ CAUSEWAY_KAFKA_SASL_MECHANISM: 'scram-sha-256' })).toThrow(/PASSWORD_FILE/);
  expect(() => config({ CAUSEWAY_KAFKA_TLS_CA_FILE: '/x' })).toThrow(/is off/);
});
