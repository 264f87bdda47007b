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
  readonly user?: string;
  readonly build?: { readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly profiles: readonly string[];
  readonly ports?: readonly string[];
  readonly command?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly deploy: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string; readonly pids: number } } };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly required?: boolean }>>;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const services = Object.entries(compose.services);
const service = (name: string): Service => compose.services[name] as Service;
const PIPELINE = ['extractor', 'loader', 'validator'];
const inProfile = (profile: string): string[] => services.filter(([, { profiles }]) => profiles.includes(profile)).map(([name]) => name).sort();

test('every part of the stack is there, each behind its profiles', () => {
  expect(inProfile('minimal')).toEqual(['extractor', 'kafka', 'loader', 'postgres', 'validator']);
  expect(inProfile('live')).toEqual(['kafka', 'live', 'postgres']);
  expect(inProfile('observe')).toEqual(['backup', 'extractor', 'grafana', 'kafka', 'loader', 'node-exporter', 'postgres', 'postgres-exporter', 'prometheus', 'validator']);
  expect(inProfile('tools')).toEqual(['adminer', 'postgres', 'redis', 'schema-registry']);
  expect(inProfile('replica')).toEqual(['postgres', 'standby']);
  expect(inProfile('tls')).toEqual(['certificates']);
  expect(inProfile('cli')).toEqual(['migrate']);
  expect(inProfile('full')).toEqual([...new Set([...inProfile('minimal'), ...inProfile('observe'), ...inProfile('tools')])].sort());
  expect(service('postgres').image).toBe('postgres:15-alpine');
  expect(service('redis').image).toMatch(/^redis:7-alpine$/);
  expect(service('kafka').image).toMatch(/^apache\/kafka:4\.\d+\.\d+$/);
  expect(service('adminer').ports).toEqual(['127.0.0.1:8080:8080']);
});

const mebibytes = (name: string): number => {
  const [, number, unit] = /^(\d+)([MG])$/.exec(service(name).deploy.resources.limits.memory) as unknown as [string, string, string];
  return Number(number) * (unit === 'G' ? 1024 : 1);
};
const sum = (names: readonly string[]): number => names.reduce((total, name) => total + mebibytes(name), 0);

test('memory: minimal with the command fits 2 GB, PostgreSQL 512 MB; observe states its own', () => {
  expect(mebibytes('postgres')).toBeLessThanOrEqual(512);
  expect(sum([...inProfile('minimal'), 'migrate'])).toBeLessThanOrEqual(2048);
  const more = sum(inProfile('observe').filter((name) => !inProfile('minimal').includes(name)));
  expect(read('docker-compose.yml')).toContain(`observe (${(more / 1024).toFixed(1)} GB more)`);
  for (const [, { deploy }] of services) expect(deploy.resources.limits).toEqual({ memory: expect.stringMatching(/^\d+M$/), cpus: expect.stringMatching(/^\d+\.\d+$/), pids: expect.any(Number) });
});

test('no password stands in the file: secrets come from files that git ignores, and that the script makes', () => {
  const script = read('ops/docker/make-secrets.sh');
  for (const [, { environment = {} }] of services) {
    for (const [name, value] of Object.entries(environment)) {
      if (/PASS(WORD)?|SECRET|DATABASE_URL/.test(name)) expect([name, value]).toEqual([expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\/secrets\//)]);
      expect(String(value)).not.toMatch(/:\/\/[^/\s]*:[^/\s]*@/);
    }
  }
  for (const [name, { file }] of Object.entries(compose.secrets)) {
    expect(file).toBe(`./secrets/${name}`);
    expect(script).toContain(name.replace(/_password$/, ''));
  }
  const used = new Set(services.flatMap(([, { secrets = [] }]) => secrets));
  expect([...used].sort()).toEqual(Object.keys(compose.secrets).sort());
  expect(read('.gitignore').split('\n')).toContain('/secrets/');
  expect(read('.dockerignore').split('\n')).toContain('secrets');
});

test('a service sees the secrets of its own alone', () => {
  expect(service('validator').secrets).toEqual(['database_url']);
  expect(service('backup').secrets).toEqual(['backup_url']);
  expect(service('postgres-exporter').secrets).toEqual(['monitor_password']);
  expect(service('standby').secrets).toEqual(['replicator_password']);
  for (const name of ['adminer', 'node-exporter', 'prometheus', 'schema-registry', 'certificates']) expect(service(name).secrets).toBeUndefined();
});

test('all that stays has a health check, and is waited for by health', () => {
  for (const [name, { healthcheck }] of services) {
    if (['migrate', 'live', 'certificates'].includes(name)) expect(healthcheck).toEqual({ disable: true });
    else expect(healthcheck.test?.[0]).toMatch(/^CMD/);
  }
  for (const name of PIPELINE) expect(service(name).healthcheck.test?.join(' ')).toContain('/healthz');
  const waiting = services.filter(([, { networks = [] }]) => networks.includes('data')).map(([name]) => name).filter((name) => name !== 'postgres');
  for (const name of waiting) expect([name, service(name).depends_on?.postgres]).toEqual([name, { condition: 'service_healthy' }]);
  for (const name of ['extractor', 'loader', 'migrate', 'live']) expect(service(name).depends_on?.kafka).toEqual({ condition: 'service_healthy' });
  // Certificates are waited for where the profile makes them, and not missed where it does not.
  for (const name of ['postgres', 'kafka']) expect(service(name).depends_on?.certificates).toEqual({ condition: 'service_completed_successfully', required: false });
});

test('the health check asks where the metrics are', () => {
  for (const name of [...PIPELINE, 'backup']) {
    expect(service(name).environment).toMatchObject({ CAUSEWAY_METRICS_HOST: '0.0.0.0', CAUSEWAY_METRICS_PORT: '9464' });
    expect(service(name).healthcheck.test?.join(' ')).toContain(':9464/');
  }
});

test('networks: the database is reached only from where it must be; what is published, on the loopback address', () => {
  for (const [name, { internal }] of Object.entries(compose.networks ?? {}).map(([name, network]) => [name, network ?? {}] as const)) expect([name, internal === true]).toEqual([name, name !== 'front']);
  const on = (network: string): string[] => services.filter(([, { networks = [] }]) => networks.includes(network)).map(([name]) => name).sort();
  expect(on('data')).toEqual(['adminer', 'backup', 'extractor', 'live', 'loader', 'migrate', 'postgres', 'postgres-exporter', 'standby', 'validator']);
  expect(on('broker')).toEqual(['extractor', 'kafka', 'live', 'loader', 'migrate', 'schema-registry']);
  expect(on('front')).toEqual(['adminer', 'grafana']);
  expect(on('cache')).toEqual(['redis']);
  for (const [, { ports = [] }] of services) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('nothing keeps rights that it does not need', () => {
  for (const [name, { cap_drop, security_opt }] of services) expect([name, cap_drop, security_opt]).toEqual([name, ['ALL'], ['no-new-privileges:true']]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what compose fills in
  for (const name of [...PIPELINE, 'migrate', 'live']) expect(service(name).user).toBe('${SOURCE_UID:-1000}:${SOURCE_GID:-1000}');
});

test('the folder of the source is mounted, read-only but for a live migration; all data has a named volume', () => {
  const mounts = services.flatMap(([name, { volumes = [] }]) => volumes.map((mount) => [name, mount] as const));
  const source = mounts.filter(([, mount]) => mount.includes(':/source'));
  expect(source.map(([name, mount]) => [name, mount.endsWith(':ro')])).toEqual([['extractor', true], ['validator', true], ['migrate', true], ['live', false]]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what compose fills in
  for (const [, mount] of source) expect(mount.startsWith('${SOURCE_DIR:-./data}:/source')).toBe(true);
  const own = mounts.filter(([, mount]) => !mount.includes(':/source'));
  for (const [, mount] of own.filter(([, mount]) => mount.startsWith('./'))) expect(mount).toMatch(/^\.\/(ops|docs)\/[^:]+:[^:]+:ro$/);
  const named = new Set(own.filter(([, mount]) => !mount.startsWith('./')).map(([, mount]) => mount.split(':', 1)[0]));
  expect([...named].sort()).toEqual(Object.keys(compose.volumes).sort());
});

test('room is told of every volume whose filling stops something, and of nothing else of the host', () => {
  const mounts = service('node-exporter').volumes ?? [];
  expect(mounts.map((mount) => mount.split(':', 1)[0]).sort()).toEqual(['backups', 'kafka-data', 'postgres-data', 'prometheus-data']);
  for (const mount of mounts) expect(mount).toMatch(/:ro$/);
});

// Invariant: I18
test('topics are never made by accident', () => {
  expect(service('kafka').environment?.KAFKA_AUTO_CREATE_TOPICS_ENABLE).toBe('false');
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  const stages = lines.filter((line) => line.startsWith('FROM '));

  test('has a target for each service and the command', () => {
    expect(stages.map((line) => line.split(' AS ')[1])).toEqual(['build', 'runtime', 'extractor', 'loader', 'validator', 'cli', 'backup']);
    const built = services.flatMap(([, { build }]) => build?.target ?? []).sort();
    expect([...new Set(built)]).toEqual(['backup', 'cli', 'extractor', 'loader', 'validator']);
  });

  test('runs as an unprivileged user', () => {
    const runtime = lines.slice(lines.indexOf(stages[1] as string));
    const users = runtime.filter((line) => line.startsWith('USER '));
    // Root installs the client of the backup's image, and nothing runs as root.
    expect(users).toEqual(['USER node', 'USER root', 'USER node']);
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
