/**
 * A lock file that ends with its owner. It names the owner and, once a server runs, its keeper: an owner that was killed
 * leaves a keeper that is still ending the server, and the folder is free only after that.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

interface Owner {
  readonly owner: ProcessIdentity;
  readonly keeper?: ProcessIdentity;
}

export interface FolderLock {
  /** From now on the lock also stands for a server that this keeper holds. */
  addKeeper(pid: number): void;
  release(): void;
}

export interface LockOptions {
  readonly file: string;
  /** Ends the sentence "… is in use by process 12: ". */
  readonly purpose: string;
  readonly signal: AbortSignal;
  /** How long to wait for a living owner; a keeper whose owner is dead is always waited for. */
  readonly waitMs: number;
}

const KEEPER_WAIT_MS = 30_000;
const POLL_MS = 50;

export async function lockFolder(options: LockOptions): Promise<FolderLock> {
  mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
  const started = Date.now();
  for (;;) {
    options.signal.throwIfAborted();
    if (tryLock(options.file)) return lockAt(options.file);
    const holder = readHolder(options.file);
    if (holder === undefined) continue;
    const ownerLives = isAlive(holder.value.owner);
    const keeperLives = holder.value.keeper !== undefined && isAlive(holder.value.keeper);
    if (!ownerLives && !keeperLives) {
      removeStale(options.file, holder.text);
      continue;
    }
    if (Date.now() - started > (ownerLives ? options.waitMs : KEEPER_WAIT_MS)) {
      throw new Failure('STATE_UNUSABLE', `${dirname(options.file)} is in use by process ${(ownerLives ? holder.value.owner : holder.value.keeper)?.pid}: ${options.purpose}`);
    }
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}

/** Written whole under another name first: a lock file is never seen half written. */
function tryLock(file: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify({ owner: identityOf(process.pid) } satisfies Owner), { mode: 0o600 });
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new Failure('STATE_UNUSABLE', `${file} cannot be made`, { cause: error });
  } finally {
    rmSync(own, { force: true });
  }
}

function readHolder(file: string): { value: Owner; text: string } | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return { value: JSON.parse(text) as Owner, text };
  } catch {
    return { value: { owner: { pid: 0, started: '' } }, text };
  }
}

/** Two starters may see the same stale lock; a lock that another has made in the meantime is put back. */
function removeStale(file: string, seen: string): void {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== seen) linkSync(aside, file);
  } catch {
    // Another one was quicker; the next turn looks again.
  }
  rmSync(aside, { force: true });
}

function lockAt(file: string): FolderLock {
  return {
    addKeeper: (pid) => {
      const next = `${file}.${process.pid}`;
      writeFileSync(next, JSON.stringify({ owner: identityOf(process.pid), keeper: identityOf(pid) } satisfies Owner), { mode: 0o600 });
      renameSync(next, file);
    },
    release: () => rmSync(file, { force: true }),
  };
}
