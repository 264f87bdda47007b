/** The folder of all backups: one folder each, complete or absent; old ones go when newer ones are there. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { type BackupManifest, MANIFEST, readManifest } from './manifest.ts';

export interface KeptBackup {
  readonly folder: string;
  readonly manifest: BackupManifest;
}

const PARTIAL = '.partial-';

/** `20260102T030405Z-app-1a2b3c`: sorts by time, says of what. */
export function backupId(name: string, now: Date): string {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${time}-${name.replaceAll(/[^A-Za-z0-9._]+/g, '_').slice(0, 60)}-${randomBytes(3).toString('hex')}`;
}

/** Runs `make` in a folder that gets its name only when all of it is there; nothing half made stays behind. */
export async function inNewFolder<T>(root: string, id: string, make: (folder: string) => Promise<T>): Promise<{ folder: string; value: T }> {
  const folder = join(root, id);
  const partial = join(root, `${PARTIAL}${id}`);
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    mkdirSync(partial, { mode: 0o700 });
  } catch (cause) {
    throw new Failure('BACKUP_FAILED', `${root} cannot be written: ${(cause as NodeJS.ErrnoException).code ?? 'unknown'}`, { cause });
  }
  try {
    const value = await make(partial);
    renameSync(partial, folder);
    return { folder, value };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Newest first; what is damaged or not ours is left out. */
export function listBackups(root: string): KeptBackup[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => !name.startsWith('.') && existsSync(join(root, name, MANIFEST)))
    .sort()
    .reverse()
    .flatMap((name) => {
      try {
        return [{ folder: join(root, name), manifest: readManifest(join(root, name)) }];
      } catch {
        return [];
      }
    });
}

/**
 * Removes what is older than the newest `keep` of the same database or file. The newest verified one always stays,
 * however many unverified ones came after it. Leftovers of backups that were cut off a day ago go too.
 */
export function rotate(root: string, of: Pick<BackupManifest, 'kind' | 'name'>, keep: number): string[] {
  const same = listBackups(root).filter(({ manifest }) => manifest.kind === of.kind && manifest.name === of.name);
  const proved = same.find(({ manifest }) => manifest.verified !== null);
  const old = same.slice(keep).filter((backup) => backup !== proved);
  for (const { folder } of old) rmSync(folder, { recursive: true, force: true });
  for (const name of existsSync(root) ? readdirSync(root) : []) if (isLeftover(name)) rmSync(join(root, name), { recursive: true, force: true });
  return old.map(({ folder }) => folder);
}

const DAY_MS = 86_400_000;

/** By the time in its name: a backup that runs at this moment is not older than a day. */
function isLeftover(name: string): boolean {
  const time = /^\.partial-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(name);
  if (time === null) return false;
  const [, y, mo, d, h, mi, s] = time.map(Number) as [number, number, number, number, number, number, number];
  return Date.now() - Date.UTC(y, mo - 1, d, h, mi, s) > DAY_MS;
}
