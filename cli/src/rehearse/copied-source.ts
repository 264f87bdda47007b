/** The copy that a rehearsal works on, and the proof that the original was left alone. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, openSync, closeSync, readSync, statSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import { prepareSource } from '@causeway/runtime/sqlite/prepare-source';
import Database from 'better-sqlite3';

export interface CopiedSource {
  readonly path: string;
  readonly bytes: number;
  /** Of the original's files, before it was copied. */
  readonly fingerprint: string;
}

/** SQLite's online backup, whoever writes meanwhile; in the journal mode that the original has. */
export async function copySource(original: string, folder: string): Promise<CopiedSource> {
  const fingerprint = await fingerprintOf(original);
  const first = await prepareSource(original, folder, { forceCopy: false });
  const { readPath } = first.copied === 'no' ? await prepareSource(original, folder, { forceCopy: true }) : first;
  if (isWal(original)) {
    const db = new Database(readPath);
    try {
      db.pragma('journal_mode = wal');
    } finally {
      db.close();
    }
  }
  return { path: readPath, bytes: statSync(readPath).size, fingerprint };
}

/** SHA-256 of the main file and of the WAL or journal beside it; an empty one is as good as none. */
export async function fingerprintOf(path: string): Promise<string> {
  if (!existsSync(path)) throw new Failure('SOURCE_NOT_FOUND', `${path} does not exist`);
  if (!statSync(path).isFile()) throw new Failure('SOURCE_NOT_FOUND', `${path} is not a file`);
  const hash = createHash('sha256');
  for (const suffix of ['', '-wal', '-journal']) {
    if (!existsSync(path + suffix) || statSync(path + suffix).size === 0) continue;
    hash.update(`${suffix}:`);
    for await (const piece of createReadStream(path + suffix)) hash.update(piece as Buffer);
  }
  return hash.digest('hex');
}

/** Byte 18 of the header: the format's write version. */
function isWal(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const byte = Buffer.alloc(1);
    readSync(descriptor, byte, 0, 1, 18);
    return byte[0] === 2;
  } finally {
    closeSync(descriptor);
  }
}
