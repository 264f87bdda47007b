/**
 * The scripts and settings of docker-compose.yml with real programs instead of images: Redis, Adminer, the entrypoint of
 * our services, certificates and secrets. The file itself is checked by compose-go where Go is there.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findProgram } from '@causeway/runtime/parts/find-program';
import { DEFAULT_CACHE } from '@causeway/runtime/parts/kafka-jars';
import { freePort } from '@causeway/testkit/free-port';
import { testPostgresUrl } from '@causeway/testkit/test-servers';

const ROOT = resolve(import.meta.dirname, '../../..');
let folder: string;
const started: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-parts-'));
  expect(spawnSync('sh', [join(ROOT, 'ops/docker/make-secrets.sh'), folder], { encoding: 'utf8' })).toMatchObject({ status: 0 });
});
afterAll(async () => {
  for (const child of started) {
    const gone = new Promise((done) => child.once('exit', done));
    if (child.exitCode === null && child.kill('SIGKILL')) await gone;
  }
  rmSync(folder, { recursive: true, force: true });
});

const has = (program: string): boolean => findProgram(program, process.env) !== undefined;
const whereIs = (program: string): typeof test => (has(program) ? test : (test.skip as unknown as typeof test));

test('secrets: one for each that compose names, kept when made again, long and random', () => {
  const names = readdirSync(join(folder, 'secrets'));
  const compose = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
  for (const [, name] of compose.matchAll(/file: \.\/secrets\/(\w+)/g)) expect(names).toContain(name);
  const before = readFileSync(join(folder, 'secrets/app_password'), 'utf8');
  expect(before).toMatch(/^[0-9a-f]{48}$/);
  spawnSync('sh', [join(ROOT, 'ops/docker/make-secrets.sh'), folder]);
  expect(readFileSync(join(folder, 'secrets/app_password'), 'utf8')).toBe(before);
  expect(statSync(join(folder, 'secrets')).mode & 0o077).toBe(0);
});

test('the entrypoint of the services reads the address from its file, and takes TLS where certificates are', () => {
  const run = (environment: Readonly<Record<string, string>>): Record<string, string> => {
    const out = spawnSync('sh', [join(ROOT, 'ops/docker/entrypoint.sh'), process.execPath, '-e', 'console.log(JSON.stringify(process.env))'], { encoding: 'utf8', env: { PATH: process.env['PATH'], DATABASE_URL_FILE: join(folder, 'secrets/database_url'), ...environment } });
    return JSON.parse(out.stdout);
  };
  const plain = run({ TLS_DIR: join(folder, 'none') });
  expect(plain['DATABASE_URL']).toMatch(/^postgres:\/\/migrator:[0-9a-f]{48}@postgres:5432\/causeway$/);
  expect(plain['CAUSEWAY_KAFKA_TLS']).toBeUndefined();
  const tls = join(folder, 'tls');
  expect(spawnSync('sh', [join(ROOT, 'ops/tls/make-certificates.sh'), tls, 'postgres', 'kafka'])).toMatchObject({ status: 0 });
  const secure = run({ TLS_DIR: tls });
  expect(secure['DATABASE_URL']).toMatch(new RegExp(`sslmode=verify-full&sslrootcert=${tls}/ca.crt$`));
  expect(secure).toMatchObject({ CAUSEWAY_KAFKA_TLS: 'on', CAUSEWAY_KAFKA_SASL_USERNAME: 'causeway' });
  for (const name of ['postgres', 'kafka']) {
    expect(statSync(join(tls, name, 'server.key')).mode & 0o077).toBe(0);
    expect(spawnSync('openssl', ['verify', '-CAfile', join(tls, 'ca.crt'), '-verify_hostname', name, join(tls, name, 'server.crt')], { encoding: 'utf8' })).toMatchObject({ status: 0 });
  }
});

whereIs('redis-server')('Redis asks for its password, keeps it out of its arguments, and takes no dangerous command', async () => {
  const port = await freePort();
  mkdirSync(join(folder, 'redis'));
  const redis = spawn('sh', [join(ROOT, 'ops/docker/start-redis.sh')], { stdio: 'ignore', env: { PATH: process.env['PATH'], SECRETS_DIR: join(folder, 'secrets'), REDIS_PORT: String(port), REDIS_BIND: '127.0.0.1', REDIS_DIR: join(folder, 'redis') } });
  started.push(redis);
  const password = readFileSync(join(folder, 'secrets/redis_password'), 'utf8');
  let answer = '';
  for (let n = 0; n < 50 && answer === ''; n++) answer = await talk(port, 'PING\r\n').catch(() => sleep(200).then(() => ''));
  expect(answer).toContain('NOAUTH');
  expect(await talk(port, `AUTH ${password}\r\nSET a 1\r\nGET a\r\nFLUSHALL\r\n`)).toMatch(/\+OK\r\n\+OK\r\n\$1\r\n1\r\n-ERR unknown command/);
  expect(readFileSync(`/proc/${redis.pid}/cmdline`, 'utf8')).not.toContain(password);
}, 60_000);

function talk(port: number, text: string): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk));
    socket.on('error', failed);
    setTimeout(() => {
      socket.destroy();
      done(heard);
    }, 500);
  });
}

const ADMINER = '/usr/share/adminer';
(has('php') && existsSync(ADMINER) ? test : test.skip)('Adminer logs in to a real PostgreSQL, and lets nobody in without a password', async () => {
  const port = await freePort();
  const page = join(ADMINER, 'adminer.php');
  started.push(spawn('php', ['-S', `127.0.0.1:${port}`, page], { stdio: 'ignore' }));
  const base = `http://127.0.0.1:${port}/`;
  for (let n = 0; n < 50 && !(await fetch(base).then(() => true, () => false)); n++) await sleep(200);
  expect(await (await fetch(base)).text()).toMatch(/Adminer/);
  const target = new URL(testPostgresUrl());
  const login = async (password: string): Promise<string> => {
    const jar = new Map<string, string>();
    const keep = (response: Response): Response => {
      for (const one of response.headers.getSetCookie()) jar.set(one.split('=', 1)[0] as string, one.split(';', 1)[0] as string);
      return response;
    };
    const cookies = (): string => [...jar.values()].join('; ');
    keep(await fetch(base));
    const form = { 'auth[driver]': 'pgsql', 'auth[server]': `127.0.0.1:${target.port}`, 'auth[username]': target.username, 'auth[password]': password, 'auth[db]': 'postgres' };
    const posted = keep(await fetch(base, { method: 'POST', redirect: 'manual', headers: { cookie: cookies(), 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(form) }));
    const next = posted.headers.get('location');
    return (await fetch(new URL(next ?? '', base), { headers: { cookie: cookies() } })).text();
  };
  expect(await login(decodeURIComponent(target.password))).toMatch(/Schema|Tables and views|Logout/);
  expect(await login('wrong')).not.toMatch(/Tables and views/);
}, 60_000);

whereIs('go')('compose-go takes the file, with every profile at once', () => {
  const bin = join(DEFAULT_CACHE, 'compose-go');
  if (!existsSync(join(bin, 'cmd'))) {
    const built = spawnSync('go', ['install', 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2'], { encoding: 'utf8', env: { ...process.env, GOBIN: bin, GOFLAGS: '-mod=mod' } });
    expect([built.status, built.status === 0 ? '' : built.stderr]).toEqual([0, '']);
  }
  const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
  const check = (file: string): void => expect(spawnSync(join(bin, 'cmd'), [file], { encoding: 'utf8', cwd: ROOT })).toMatchObject({ status: 0 });
  check('docker-compose.yml');
  // Services behind a profile are checked only when it is on.
  cpSync(join(ROOT, 'ops'), join(folder, 'ops'), { recursive: true, filter: (path) => !path.includes('node_modules') });
  writeFileSync(join(folder, 'docker-compose.yml'), text.replaceAll(/^ {4}profiles:.*\n/gm, ''));
  check(join(folder, 'docker-compose.yml'));
}, 300_000);

const engine = spawnSync('docker', ['info'], { encoding: 'utf8' }).status === 0;
(engine ? test : test.skip)('the whole minimal stack starts and becomes healthy (needs a container engine)', () => {
  const compose = (...args: string[]): ReturnType<typeof spawnSync> => spawnSync('docker', ['compose', '--project-name', 'causeway-test', '--profile', 'minimal', ...args], { encoding: 'utf8', cwd: ROOT, env: { ...process.env, SOURCE_DIR: folder } });
  try {
    expect(compose('up', '--detach', '--build', '--wait')).toMatchObject({ status: 0 });
  } finally {
    compose('down', '--volumes');
  }
}, 1_200_000);
