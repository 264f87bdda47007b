/** Files of a backup: sealed where a key is given, with their checksums; and the way back. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, openSync, closeSync, fsyncSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '@causeway/contracts/failures';
import type { BackupFile } from './manifest.ts';
import { opening, sealing } from './sealed-stream.ts';

export const SEALED = '.sealed';

/** Every file below the folder, replaced by its sealed form where there is a key. */
export async function recordFiles(folder: string, id: string, key: Buffer | undefined): Promise<BackupFile[]> {
  const files: BackupFile[] = [];
  for (const path of filesBelow(folder).sort()) {
    if (key === undefined) {
      files.push({ path, ...(await summed(join(folder, path))) });
      continue;
    }
    await copy(join(folder, path), join(folder, path + SEALED), sealing(key, `${id}/${path}`));
    rmSync(join(folder, path));
    files.push({ path: path + SEALED, ...(await summed(join(folder, path + SEALED))) });
  }
  return files;
}

/** Throws BACKUP_DAMAGED where a file is missing, has another length or another checksum. */
export async function checkFiles(folder: string, files: readonly BackupFile[]): Promise<void> {
  for (const file of files) {
    const found = await summed(join(folder, file.path)).catch((cause: unknown) => {
      throw new Failure('BACKUP_DAMAGED', `${file.path} of ${folder} cannot be read`, { cause });
    });
    if (found.bytes !== file.bytes || found.sha256 !== file.sha256) throw new Failure('BACKUP_DAMAGED', `${file.path} of ${folder} does not have its checksum`);
  }
}

/** The files in the clear, in another folder that only this user can enter. */
export async function openFiles(folder: string, files: readonly BackupFile[], options: { id: string; key: Buffer; into: string }): Promise<void> {
  for (const { path } of files) {
    const plain = path.slice(0, -SEALED.length);
    const to = join(options.into, plain);
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    await copy(join(folder, path), to, opening(options.key, `${options.id}/${plain}`));
  }
}

async function copy(from: string, to: string, through: Transform = new PassThrough()): Promise<void> {
  await pipeline(createReadStream(from), through, createWriteStream(to, { mode: 0o600 }));
}

/** On disk before its checksum counts. */
async function summed(file: string): Promise<{ bytes: number; sha256: string }> {
  const handle = openSync(file, 'r');
  fsyncSync(handle);
  closeSync(handle);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesBelow(folder, `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`]));
}
