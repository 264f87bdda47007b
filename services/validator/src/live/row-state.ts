/** What one side says about the rows of some keys, at one position. */
import type { ExactCell } from '@causeway/contracts/source-value';

/** Digest of a row; `uncanonical` where a value has no canonical form, in the column of that number. */
export type SourceDigest = bigint | { readonly uncanonical: number };

export interface SourceRowState {
  /** As the log, or the table, holds it. */
  readonly key: readonly ExactCell[];
  /** Digest of the canonical key, by which the target's row is found; null where the key has no canonical form. */
  readonly match: bigint | null;
  /** Null: the source has no such row. */
  readonly digest: SourceDigest | null;
  /** Element digest of each column, where it was asked for. */
  readonly elements: readonly bigint[] | null;
}

export interface TargetRowState {
  readonly digest: bigint;
  readonly elements: readonly bigint[] | null;
}

/** A key that the log names, with its newest entry and its oldest among those that were read. */
export interface ChangedKey {
  readonly table: number;
  readonly key: readonly ExactCell[];
  readonly first: bigint;
  readonly last: bigint;
}

/** Names a key of a table within the process: exact, by class and bytes. */
export function keyName(key: readonly Pick<ExactCell, 'class' | 'bytes'>[]): string {
  return key.map((cell) => `${cell.class}:${Buffer.from(cell.bytes).toString('base64')}`).join('/');
}
