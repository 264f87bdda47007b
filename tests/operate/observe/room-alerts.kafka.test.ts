/** Alerts about room, the server and backups, and those whose time is counted in hours: at a scale of a thousandth. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import { expectAlert } from './expect-alert.ts';
import { ObservedStack } from './observed-stack.ts';
import { Program } from './program.ts';

/** A file system of its own that a test can fill; only root may make one, so elsewhere that test is a counted skip. */
const disk = mkdtempSync(join(tmpdir(), 'causeway-disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=192m', 'tmpfs', disk]).status === 0;

let stack: ObservedStack;
beforeAll(async () => {
  stack = await ObservedStack.start({ timeScale: 1 / 1_000, orders: 300, perSecond: 5, ...(mounted ? { disk } : {}) });
  stack.shop.write();
  await stack.follow({ CAUSEWAY_PASS_REST_MS: '3600000' });
}, 300_000);
afterAll(async () => {
  await stack?.close();
  if (mounted) spawnSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

const backup = async (...options: string[]): Promise<void> => {
  const run = await stack.bench.run(['backup', '--metrics-file', join(stack.textFiles, 'backup.prom'), ...options]);
  if (run.code !== 0) throw new Error(run.stderr);
};

test('a backup without a proof: CausewayBackupUnproved; later: CausewayBackupTooOld; until there is a proved one', async () => {
  await backup('--no-verify');
  await expectAlert(stack.prometheus, 'CausewayBackupUnproved');
  await expectAlert(stack.prometheus, 'CausewayBackupTooOld');
  await backup();
  await stack.prometheus.untilSilent('CausewayBackupUnproved');
  await stack.prometheus.untilSilent('CausewayBackupTooOld');
}, 400_000);

test('a validator that rests for an hour: CausewayPassOld', async () => {
  await expectAlert(stack.prometheus, 'CausewayPassOld');
}, 400_000);

(mounted ? test : test.skip)('a file system that is filled: CausewaySourceDiskLow and CausewayHostDiskLow, until there is room', async () => {
  const ballast = join(disk, 'ballast');
  expect(await stack.prometheus.firing('CausewaySourceDiskLow')).toBeUndefined();
  writeFileSync(ballast, Buffer.alloc(176 * 1024 * 1024 - usedOf(disk)));
  await expectAlert(stack.prometheus, 'CausewaySourceDiskLow');
  await expectAlert(stack.prometheus, 'CausewayHostDiskLow', { mountpoint: disk });
  rmSync(ballast);
  await stack.prometheus.untilSilent('CausewaySourceDiskLow');
  await stack.prometheus.untilSilent('CausewayHostDiskLow');
}, 400_000);

function usedOf(folder: string): number {
  return Number(spawnSync('df', ['--output=used', '-B1', folder], { encoding: 'utf8' }).stdout.trim().split('\n').at(-1));
}

test('connections that are leaked: PostgresConnectionsHigh, until they end', async () => {
  const leaked: pg.Client[] = [];
  for (let i = 0; i < 42; i++) {
    const client = await stack.connect().catch(() => null);
    if (client === null) break;
    leaked.push(client);
  }
  await expectAlert(stack.prometheus, 'PostgresConnectionsHigh');
  for (const client of leaked) await client.end();
  await stack.prometheus.untilSilent('PostgresConnectionsHigh');
}, 400_000);

test('a lock that is held: PostgresBlocked, until it is let go', async () => {
  const [holder, waiter] = [await stack.connect(), await stack.connect()];
  await holder.query('CREATE TABLE public.held ()');
  await holder.query('BEGIN; LOCK TABLE public.held');
  const waiting = waiter.query('SELECT * FROM public.held');
  await expectAlert(stack.prometheus, 'PostgresBlocked');
  await holder.query('COMMIT');
  await waiting;
  await stack.prometheus.untilSilent('PostgresBlocked');
  await Promise.all([holder.end(), waiter.end()]);
}, 400_000);

test('a receiver of the log that hangs: PostgresReplicaLag, until it goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-receiver-'));
  const receiver = await Program.start('pg_receivewal', { args: ['-D', folder, '-d', stack.serverUrl, '--no-loop', '--status-interval=1'] });
  const writer = await stack.connect();
  await stack.prometheus.until('pg_replicas_count == 1');
  receiver.child.kill('SIGSTOP');
  await writer.query("CREATE TABLE public.bulk AS SELECT i, repeat(md5(i::text), 20) AS t FROM generate_series(1, 250000) i");
  await expectAlert(stack.prometheus, 'PostgresReplicaLag');
  receiver.child.kill('SIGCONT');
  await stack.prometheus.untilSilent('PostgresReplicaLag', 240_000);
  await writer.end();
  await receiver.stop();
  rmSync(folder, { recursive: true, force: true });
}, 600_000);
