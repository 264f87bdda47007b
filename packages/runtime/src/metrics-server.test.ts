/** The port of a service, over real HTTP: what it says, and what it refuses. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type MetricsServer, startMetricsServer } from './metrics-server.ts';

let server: MetricsServer;
let stop: AbortController;
beforeEach(async () => {
  stop = new AbortController();
  server = await startMetricsServer({ host: '127.0.0.1', port: 0, service: 'loader', migration: 'm"1\n', stuckAfterMs: 300, signal: stop.signal });
});
afterEach(() => server.close());

function ask(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, path, method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false }, (response) => {
      let body = '';
      response.on('data', (piece: Buffer) => {
        body += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end(options.body);
  });
}

test('ready only once the migration is found, everything needed answers, no part is stuck, and until it stops', async () => {
  let target = false;
  server.health.requires('the target', async () => target);
  expect(await ask('/readyz')).toEqual({ status: 503, body: 'not ready, missing: the migration\n' });
  server.health.setWorking(true);
  await sleep(1_050);
  expect(await ask('/readyz')).toEqual({ status: 503, body: 'not ready, missing: the target\n' });
  target = true;
  await sleep(1_050);
  expect(await ask('/readyz')).toEqual({ status: 200, body: 'ready\n' });
  expect((await ask('/metrics')).body).toMatch(/causeway_service_ready\{service="loader",migration="m\\"1\\n"\} 1/);
  stop.abort();
  await sleep(1_050);
  expect((await ask('/readyz')).status).toBe(503);
});

test('a requirement that throws or never answers is missing, and costs two seconds at most', async () => {
  server.health.requires('one', () => Promise.reject(new Error('no')));
  server.health.requires('two', () => new Promise(() => {}));
  server.health.setWorking(true);
  const began = performance.now();
  expect((await ask('/readyz')).body).toBe('not ready, missing: one, two\n');
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('health fails while a part that has begun does not show itself, and comes back with it', async () => {
  expect(await ask('/healthz')).toEqual({ status: 200, body: 'ok\n' });
  server.health.lives('tailer');
  await sleep(400);
  expect((await ask('/healthz')).status).toBe(503);
  expect((await ask('/healthz')).body).toMatch(/^stuck: tailer for \d+ s\n$/);
  server.health.lives('tailer');
  expect((await ask('/healthz')).status).toBe(200);
  await sleep(400);
  server.health.ended('tailer');
  expect((await ask('/healthz')).status).toBe(200);
});

test('only the three routes, only by GET, and never a body', async () => {
  expect((await ask('/')).status).toBe(404);
  expect((await ask('/metrics/../etc/passwd')).status).toBe(404);
  expect((await ask('/healthz', { method: 'POST', body: 'x' })).status).toBe(405);
  expect((await ask('/healthz', { headers: { 'content-length': '10' }, body: '0123456789' })).status).toBe(413);
  expect((await ask('/healthz', { headers: { 'x-long': 'x'.repeat(20_000) } }).catch(() => ({ status: 431 }))).status).toBe(431);
});

test('a rate and a number of connections that one client can have', async () => {
  const answers: number[] = [];
  for (let i = 0; i < 200; i++) answers.push((await ask('/healthz')).status);
  expect(answers.filter((status) => status === 429).length).toBeGreaterThan(0);
  expect(answers.slice(0, 20).every((status) => status === 200)).toBe(true);
  const sockets = Array.from({ length: 80 }, () => connect(server.port, '127.0.0.1').on('error', () => {}));
  await sleep(500);
  expect(sockets.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(32);
  for (const socket of sockets) socket.destroy();
});
