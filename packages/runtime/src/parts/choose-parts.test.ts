import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chooseParts } from './choose-parts.ts';
import type { Environment } from './local-part.ts';

let folder: string;
/** Nothing of the real machine is on this PATH. */
let bare: Environment;

const program = (name: string, script = ''): void => {
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
};

const java = (version: string): void => {
  program('java');
  writeFileSync(join(folder, 'release'), `IMPLEMENTOR="x"\nJAVA_VERSION="${version}"\n`);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-choose-'));
  mkdirSync(join(folder, 'bin'));
  bare = { PATH: join(folder, 'bin'), DOCKER_HOST: `unix://${join(folder, 'none.sock')}` };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const transport = async (more: object = {}) => (await chooseParts({ environment: bare, cacheDir: join(folder, 'cache'), ...more })).transport;

test('given addresses win over everything', async () => {
  const chosen = await chooseParts({ environment: bare, brokers: 'a:1', targetUrl: 'postgres://x@y/z' });
  expect(chosen).toMatchObject({ transport: { kind: 'given', brokers: 'a:1' }, postgres: { kind: 'given' } });
});

test('without brokers, Docker and Java the embedded transport is used, and the sentence says what is missing', async () => {
  expect(await transport()).toMatchObject({ kind: 'embedded', why: expect.stringContaining('Java is not installed') });
  java('11.0.2');
  expect(await transport()).toMatchObject({ kind: 'embedded', why: expect.stringContaining('older than 17') });
  java('17.0.15');
  expect(await transport()).toMatchObject({ kind: 'embedded', why: expect.stringContaining('Maven is not installed') });
  program('mvn');
  expect(await transport()).toMatchObject({ kind: 'local' });
});

test('Kafka that is asked for and cannot be had is an error, not another transport', async () => {
  await expect(transport({ transport: 'kafka' })).rejects.toMatchObject({ code: 'TRANSPORT_UNAVAILABLE' });
  await expect(transport({ transport: 'embedded', brokers: 'a:1' })).rejects.toMatchObject({ code: 'USAGE' });
  expect(await transport({ transport: 'embedded' })).toMatchObject({ kind: 'embedded' });
});

test('an engine that answers is used; one that is silent costs less than a second', async () => {
  program('docker');
  let silent = false;
  const engine = createServer((_, response) => {
    if (!silent) response.end(JSON.stringify({ Version: '27.0' }));
  });
  await new Promise<void>((resolve) => engine.listen(join(folder, 'none.sock'), resolve));
  try {
    expect(await transport()).toMatchObject({ kind: 'docker', engine: { version: '27.0' } });
    silent = true;
    const before = Date.now();
    expect(await transport()).toMatchObject({ kind: 'embedded' });
    expect(Date.now() - before).toBeLessThan(2_000);
  } finally {
    engine.closeAllConnections();
    await new Promise((resolve) => engine.close(resolve));
  }
});
