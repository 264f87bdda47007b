/**
 * A backup of the target: dumped by pg_dump in one snapshot, in which the validator also computes the digest of every
 * table; then restored into a scratch database, where schema, digests and sequences must be the same.
 */
import { type DatabaseDigest, digestDifferences } from '@causeway/contracts/database-digest';
import { Failure } from '@causeway/contracts/failures';
import type { PostgresClient } from '@causeway/runtime/parts/postgres-client';
import { parsePostgresAddress } from '@causeway/runtime/postgres-address';
import { checkTarget, createPool } from '@causeway/runtime/postgres-pool';
import { join } from 'node:path';
import type pg from 'pg';
import type { CliContext } from '../run-cli.ts';
import { backupId, inNewFolder } from './backup-folder.ts';
import { recordFiles } from './backup-files.ts';
import { clientFor, runDump } from './dump-programs.ts';
import { type BackupManifest, type SequenceRange, writeManifest } from './manifest.ts';
import { restoreArchive } from './restore-archive.ts';
import { schemaDifferences, schemaOfArchive, schemaOfDatabase } from './schema-text.ts';
import { readSequences, sequenceDifferences, sequenceRanges } from './sequences.ts';
import { withScratch } from './scratch-database.ts';
import { wholeDigest } from './whole-digest.ts';

export interface PostgresBackupOptions {
  readonly url: string;
  /** Folder of all backups. */
  readonly root: string;
  readonly reason: string;
  readonly format: 'directory' | 'custom';
  readonly jobs: number;
  readonly key: Buffer | undefined;
  readonly verify: boolean;
  readonly context: Pick<CliContext, 'environment' | 'signal'>;
  readonly tell: (text: string) => void;
}

export interface MadeBackup {
  readonly folder: string;
  readonly manifest: BackupManifest;
}

/** Name of the dump in the backup's folder: a folder or a file. */
export const DUMP = 'dump';

interface Dumped {
  readonly digest: DatabaseDigest;
  readonly sequences: readonly SequenceRange[];
}

export async function backupPostgres(options: PostgresBackupOptions): Promise<MadeBackup> {
  const { url, root, tell } = options;
  const began = performance.now();
  const createdAt = new Date();
  const name = parsePostgresAddress(url)?.database || 'postgres';
  const id = backupId(name, createdAt);
  // One connection holds the snapshot, one makes the scratch database and reads sequences.
  const pool = createPool({ url, max: 2, applicationName: 'causeway backup' });
  try {
    const { version } = await checkTarget(pool, url);
    const client = clientFor(Number.parseInt(version, 10), options.context);
    const { folder, value } = await inNewFolder(root, id, async (partial) => {
      const archive = join(partial, DUMP);
      tell(`dumping ${name}`);
      const dumped = await dump(pool, options, client, archive);
      const proof = options.verify ? await prove(pool, options, client, archive, dumped) : null;
      const files = await recordFiles(partial, id, options.key);
      const manifest: BackupManifest = {
        format: 1, id, kind: 'postgresql', name, createdAt: createdAt.toISOString(), reason: options.reason, dump: options.format, server: version, client: client.version,
        encrypted: options.key !== undefined, bytes: files.reduce((sum, file) => sum + file.bytes, 0), files, ...dumped, seconds: (performance.now() - began) / 1000, verified: proof,
      };
      writeManifest(partial, manifest);
      return manifest;
    });
    return { folder, manifest: value };
  } finally {
    await pool.end();
  }
}

/** The snapshot lives as long as the transaction that exported it. */
async function dump(pool: pg.Pool, options: PostgresBackupOptions, client: PostgresClient, archive: string): Promise<Dumped> {
  const { url, context, format, jobs } = options;
  const holder = await pool.connect();
  try {
    await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { snapshot } = (await holder.query('SELECT pg_catalog.pg_export_snapshot() AS snapshot')).rows[0] as { snapshot: string };
    const before = await readSequences(pool);
    const parallel = format === 'directory' ? [`--jobs=${jobs}`] : [];
    const [digest] = await bothOrNeither(
      wholeDigest(url, snapshot, context),
      runDump('pg_dump', { client, url, context, args: [`--format=${format}`, ...parallel, `--file=${archive}`, `--snapshot=${snapshot}`, '--no-password'] }),
    );
    return { digest, sequences: sequenceRanges(before, await readSequences(pool)) };
  } finally {
    holder.release(true);
  }
}

async function prove(pool: pg.Pool, options: PostgresBackupOptions, client: PostgresClient, archive: string, dumped: Dumped): Promise<NonNullable<BackupManifest['verified']>> {
  const started = performance.now();
  options.tell('proving it in a scratch database');
  const differences = await withScratch(pool, options.url, async (scratch) => {
    await restoreArchive({ ...options, url: scratch, client, archive, as: 'proof' });
    return restoredDifferences({ url: scratch, client, archive, context: options.context, ...dumped });
  });
  if (differences.length > 0) throw new Failure('BACKUP_DIFFERENT', shown(differences));
  return { at: new Date().toISOString(), seconds: (performance.now() - started) / 1000 };
}

export interface RestoredCheck extends Dumped {
  readonly url: string;
  readonly client: PostgresClient;
  readonly archive: string;
  readonly context: Pick<CliContext, 'environment' | 'signal'>;
}

/** What is not as it was, one sentence each. */
export async function restoredDifferences({ url, client, archive, context, digest, sequences }: RestoredCheck): Promise<string[]> {
  const pool = createPool({ url, max: 1, applicationName: 'causeway restore' });
  try {
    const from = { client, url, context };
    const [now, was, is] = [await wholeDigest(url, '', context), await schemaOfArchive(from, archive), await schemaOfDatabase(from)];
    return [...digestDifferences(digest, now), ...schemaDifferences(was, is), ...sequenceDifferences(sequences, await readSequences(pool))];
  } finally {
    await pool.end();
  }
}

export function shown(differences: readonly string[]): string {
  const more = differences.length > 5 ? `; and ${differences.length - 5} more` : '';
  return `${differences.slice(0, 5).join('; ')}${more}`;
}

/** If one fails the other is still waited for: it uses the same snapshot. */
async function bothOrNeither<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}
