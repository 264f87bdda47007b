// One bootstrap at a time in one checkout. A lock whose owner is dead is taken over.
import { mkdirSync, readFileSync, renameSync, rmSync, linkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOOLS } from './layout.mjs';
import { say } from './process.mjs';

const LOCK = join(TOOLS, 'bootstrap.lock');

export async function withLock(work) {
  mkdirSync(TOOLS, { recursive: true });
  let told = false;
  while (!take()) {
    if (!removeIfStale() && !told) {
      told = true;
      say('another command is preparing this checkout; waiting for it');
    }
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/** A hard link is made whole or not at all: nobody sees a lock without its owner. */
function take() {
  const own = `${LOCK}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, LOCK);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function removeIfStale() {
  const aside = `${LOCK}.stale-${process.pid}`;
  try {
    const owner = readFileSync(LOCK, 'utf8');
    if (isAlive(Number(owner))) return false;
    renameSync(LOCK, aside);
    // Somebody else may have been quicker: a living owner's lock is put back.
    if (readFileSync(aside, 'utf8') !== owner) linkSync(aside, LOCK);
  } catch {
    // Gone in the meantime.
  }
  rmSync(aside, { force: true });
  return true;
}

function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}
