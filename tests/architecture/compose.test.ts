/** docker-compose.yml and the Dockerfile keep what README promises about them; no engine is needed to say so. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const { parse } = createRequire(join(root, 'cli/package.json'))('yaml') as typeof import('yaml');

interface Service {
  readonly image: string;
  readonly build?: { readonly target: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly networks: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly deploy: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } } };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const services = Object.entries(compose.services);
const service = (name: string): Service => compose.services[name] as Service;
const STAYING = ['extractor', 'loader', 'validator'];

test('every part of the pipeline is there, and the command waits behind a profile', () => {
  expect(Object.keys(compose.services).sort()).toEqual(['extractor', 'kafka', 'loader', 'migrate', 'postgres', 'validator']);
  expect(service('migrate').profiles).toEqual(['cli']);
  expect(service('postgres').image).toBe('postgres:15-alpine');
  expect(service('kafka').image).toMatch(/^apache\/kafka:4\.\d+\.\d+$/);
});

test('no password stands in the file: secrets come from files that git ignores', () => {
  for (const [, { environment }] of services) {
    for (const [name, value] of Object.entries(environment)) {
      if (/PASSWORD|SECRET|DATABASE_URL/.test(name)) expect([name, value]).toEqual([expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\/secrets\//)]);
      expect(String(value)).not.toMatch(/:\/\/[^/\s]*:[^/\s]*@/);
    }
  }
  for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
  expect(read('.gitignore').split('\n')).toContain('/secrets/');
  expect(read('.dockerignore').split('\n')).toContain('secrets');
});

test.each([
  ['postgres', '512M'],
  ['kafka', '768M'],
  ['extractor', '256M'],
  ['loader', '256M'],
  ['validator', '256M'],
  ['migrate', '256M'],
])('%s may take %s and a bounded share of the processors', (name, memory) => {
  expect(service(name).deploy.resources.limits).toEqual({ memory, cpus: expect.stringMatching(/^\d+\.\d+$/) });
});

test('all that stays has a health check, and is waited for by health', () => {
  for (const [name, { healthcheck }] of services) {
    if (name === 'migrate') expect(healthcheck).toEqual({ disable: true });
    else expect(healthcheck.test?.[0]).toBe('CMD');
  }
  for (const name of STAYING) {
    expect(service(name).healthcheck.test?.join(' ')).toContain('/healthz');
    expect(service(name).depends_on?.postgres).toEqual({ condition: 'service_healthy' });
  }
  for (const name of ['extractor', 'loader']) expect(service(name).depends_on?.kafka).toEqual({ condition: 'service_healthy' });
});

test('the health check asks where the metrics are', () => {
  for (const name of STAYING) {
    expect(service(name).environment).toMatchObject({ CAUSEWAY_METRICS_HOST: '0.0.0.0', CAUSEWAY_METRICS_PORT: '9464' });
    expect(service(name).healthcheck.test?.join(' ')).toContain(':9464/');
  }
});

test('networks keep the target and the broker apart, and publish nothing', () => {
  expect(compose.networks).toEqual({ data: { internal: true }, broker: { internal: true } });
  expect(service('postgres').networks).toEqual(['data']);
  expect(service('kafka').networks).toEqual(['broker']);
  expect(service('validator').networks).toEqual(['data']);
  for (const name of ['extractor', 'loader', 'migrate']) expect(service(name).networks).toEqual(['data', 'broker']);
  for (const [, { ports }] of services) expect(ports).toBeUndefined();
});

test('the source is mounted read-only wherever it is mounted, and all data has a named volume', () => {
  const mounts = services.flatMap(([, { volumes = [] }]) => volumes);
  const source = mounts.filter((mount) => mount.includes(':/source'));
  expect(source).toHaveLength(3);
  for (const mount of source) expect(mount).toMatch(/:ro$/);
  const named = new Set(mounts.filter((mount) => !source.includes(mount)).map((mount) => mount.split(':', 1)[0]));
  expect([...named].sort()).toEqual(Object.keys(compose.volumes).sort());
});

// Invariant: I18
test('topics are never made by accident', () => {
  expect(service('kafka').environment.KAFKA_AUTO_CREATE_TOPICS_ENABLE).toBe('false');
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  const stages = lines.filter((line) => line.startsWith('FROM '));

  test('has a target for each service and the command', () => {
    expect(stages.map((line) => line.split(' AS ')[1])).toEqual(['build', 'runtime', 'extractor', 'loader', 'validator', 'cli']);
    const built = services.flatMap(([, { build }]) => build?.target ?? []).sort();
    expect(built).toEqual(['cli', 'extractor', 'loader', 'validator']);
  });

  test('runs as an unprivileged user', () => {
    const runtime = lines.slice(lines.indexOf(stages[1] as string));
    const users = runtime.filter((line) => line.startsWith('USER '));
    expect(users).toEqual(['USER node']);
    for (const stage of stages.slice(2)) expect(stage).toMatch(/^FROM runtime AS /);
  });

  test('copies the manifest of every package before the sources, so that layers are kept', () => {
    for (const folder of ['packages/contracts', 'packages/runtime', 'packages/control', 'packages/dialect', 'packages/testkit', 'services/extractor', 'services/loader', 'services/validator', 'cli']) {
      expect(lines.some((line) => line.startsWith(`COPY ${folder}/package.json `))).toBe(true);
    }
  });

  test('needs no BuildKit', () => {
    expect(lines.filter((line) => /--mount=|--chmod=|<<[A-Z]/.test(line))).toEqual([]);
  });
});
