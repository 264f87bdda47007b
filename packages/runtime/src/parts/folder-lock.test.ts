import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lockFolder } from './folder-lock.ts';
import { identityOf, isAlive } from './process-identity.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lock = (waitMs = 0, signal = new AbortController().signal) => lockFolder({ file: join(folder, 'lock'), purpose: 'testing', signal, waitMs });
const deadPid = (): number => spawnSync('true').pid;

test('one at a time; free again after release; nothing is left beside it', async () => {
  const first = await lock();
  await expect(lock()).rejects.toMatchObject({ code: 'STATE_UNUSABLE', message: expect.stringContaining(`process ${process.pid}`) });
  first.release();
  const second = await lock();
  expect(readdirSync(folder)).toEqual(['lock']);
  second.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('a lock of a dead process, of one whose number was used again, and one that cannot be read are taken over', async () => {
  for (const text of [JSON.stringify({ owner: { pid: deadPid(), started: '1' } }), JSON.stringify({ owner: { pid: process.pid, started: 'another time' } }), '{"own']) {
    writeFileSync(join(folder, 'lock'), text);
    (await lock()).release();
  }
});

test('many at once: each has it alone', async () => {
  writeFileSync(join(folder, 'lock'), JSON.stringify({ owner: { pid: deadPid(), started: '1' } }));
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    const held = await lock(20_000);
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside--;
    held.release();
  };
  await Promise.all(Array.from({ length: 8 }, work));
  expect(most).toBe(1);
});

test('a dead owner with a living keeper is waited for; an abort ends the waiting', async () => {
  writeFileSync(join(folder, 'lock'), JSON.stringify({ owner: { pid: deadPid(), started: '1' }, keeper: identityOf(process.pid) }));
  const abort = new AbortController();
  const waiting = lock(0, abort.signal);
  setTimeout(() => abort.abort(new Error('enough')), 200);
  await expect(waiting).rejects.toThrow();
});

test('a process that has ended is not alive', () => {
  expect(isAlive(identityOf(process.pid))).toBe(true);
  expect(isAlive({ pid: deadPid(), started: '' })).toBe(false);
  expect(isAlive({ pid: 0, started: '' })).toBe(false);
});
