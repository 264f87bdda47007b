/** What stands beside the files of a backup: what it is of, its files with checksums, and what its restore must equal. */
import type { DatabaseDigest } from '@causeway/contracts/database-digest';
import { Failure } from '@causeway/contracts/failures';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const MANIFEST = 'manifest.json';
const FORMAT = 1;

export interface BackupFile {
  /** Path below the backup's folder, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal, of the bytes as they are stored. */
  readonly sha256: string;
}

/** Sequences do not belong to snapshots: their values just before and just after the dump. */
export interface SequenceRange {
  readonly schema: string;
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export interface BackupManifest {
  readonly format: typeof FORMAT;
  readonly id: string;
  readonly kind: 'postgresql' | 'sqlite';
  /** Database, or file name. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly reason: string;
  readonly dump: 'directory' | 'custom' | 'file';
  readonly server: string | null;
  readonly client: string | null;
  readonly encrypted: boolean;
  readonly bytes: number;
  readonly files: readonly BackupFile[];
  readonly digest: DatabaseDigest | null;
  readonly sequences: readonly SequenceRange[];
  readonly seconds: number;
  readonly verified: { readonly at: string; readonly seconds: number } | null;
}

/** With a checksum of its own in a file beside it, in the form of sha256sum. */
export function writeManifest(folder: string, manifest: BackupManifest): void {
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  writeFileSync(join(folder, MANIFEST), text, { mode: 0o600 });
  writeFileSync(join(folder, `${MANIFEST}.sha256`), `${sha256(text)}  ${MANIFEST}\n`, { mode: 0o600 });
}

export function readManifest(folder: string): BackupManifest {
  let text: string;
  let sum: string;
  try {
    text = readFileSync(join(folder, MANIFEST), 'utf8');
    sum = readFileSync(join(folder, `${MANIFEST}.sha256`), 'utf8').slice(0, 64);
  } catch (cause) {
    throw new Failure('USAGE', `${folder} holds no backup: ${MANIFEST} cannot be read`, { cause });
  }
  if (sum !== sha256(text)) throw new Failure('BACKUP_DAMAGED', `${join(folder, MANIFEST)} does not have its checksum`);
  const manifest = JSON.parse(text) as BackupManifest;
  if (manifest.format !== FORMAT) throw new Failure('USAGE', `${folder} is a backup of format ${String(manifest.format)}, which this version does not know`);
  for (const { path } of manifest.files) {
    // A file of the backup lies below it, whoever wrote the manifest.
    if (path.startsWith('/') || path.split(/[/\\]/).includes('..')) throw new Failure('BACKUP_DAMAGED', `${folder} names a file outside of itself`);
  }
  return manifest;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
