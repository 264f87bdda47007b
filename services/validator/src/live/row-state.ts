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

/**
 * Names a key of a table within the process: by class and bytes, as the log and the table hold it. Only 5 and 5.0 are one
 * key, as they are to SQLite: what was spelled by PostgreSQL must find both.
 */
export function keyName(key: readonly Pick<ExactCell, 'class' | 'bytes'>[]): string {
  return key.map(cellName).join('/');
}

function cellName(cell: Pick<ExactCell, 'class' | 'bytes'>): string {
  const bytes = Buffer.from(cell.bytes);
  if (cell.class === 'real') {
    const value = bytes.readDoubleBE(0);
    if (Number.isInteger(value)) return `integer:${Buffer.from(String(BigInt(value))).toString('base64')}`;
  }
  return `${cell.class}:${bytes.toString('base64')}`;
}
