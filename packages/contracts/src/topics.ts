/**
 * Topic names and settings. Topics are made by causeway, explicitly: nothing rests on a broker's defaults.
 * Names: letters, digits, `.`, `_`, `-`, at most 249 characters; the migration's id keeps them apart.
 */

/** Block messages aim at half a mebibyte, so that a broker's default limit of 1 MiB holds any of them. */
export const BLOCK_TARGET_BYTES = 512 * 1024;
/** A row whose encoding is larger travels in fragments of this size. */
export const FRAGMENT_BYTES = 768 * 1024;
/** One send may join several messages of a partition into one record batch, which this limit counts. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

/** Parallelism of the snapshot: any number of loaders up to this share the work. */
export const SNAPSHOT_PARTITIONS = 4;

export function snapshotTopic(migrationId: string, generation: number): string {
  return `causeway.${migrationId}.g${generation}.snapshot`;
}

/** All changes of the source in commit order; one partition. */
export function changesTopic(migrationId: string, generation: number): string {
  return `causeway.${migrationId}.g${generation}.changes`;
}

/** All changes of the target on their way back to the source; one partition. */
export function backTopic(migrationId: string, generation: number): string {
  return `causeway.${migrationId}.g${generation}.back`;
}

export function schemaTopic(migrationId: string): string {
  return `causeway.${migrationId}.schemas`;
}

/** All loaders that share the work have one group; a suffix makes it the group of one start. */
export function loaderGroup(migrationId: string, generation: number, suffix: string): string {
  return `causeway.${migrationId}.g${generation}.loader${suffix === '' ? '' : `.${suffix}`}`;
}

const WEEK_MS = 7 * 24 * 3600 * 1000;

/** A snapshot is kept for a week: a loader that was down longer is told so (TRANSPORT_GAP), never skips. */
export const SNAPSHOT_TOPIC_CONFIG: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'retention.ms': String(WEEK_MS),
  'retention.bytes': '-1',
  'max.message.bytes': String(MAX_MESSAGE_BYTES),
  'compression.type': 'producer',
};

/** A change stream; what is lost of it by retention is asked for again from the log, which is purged only behind the target. */
export const CHANGES_TOPIC_CONFIG: Readonly<Record<string, string>> = SNAPSHOT_TOPIC_CONFIG;

export const SCHEMA_TOPIC_CONFIG: Readonly<Record<string, string>> = {
  'cleanup.policy': 'compact',
  'max.message.bytes': String(MAX_MESSAGE_BYTES),
};
