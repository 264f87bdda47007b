/**
 * The keys of a table's quarantined rows as sorted 64-bit hashes in shared memory: a million of them take 16 MiB and
 * all reading threads look into the same. Each is counted when it is met, so that a quarantined row which the source
 * does not have is noticed too.
 */
import { RowDigest } from '@causeway/contracts/row-digest';
import { type ExactCell, STORAGE_CLASSES, type StorageClass } from '@causeway/contracts/source-value';

export interface QuarantinedKeys {
  readonly hashes: BigInt64Array;
  /** How many rows of each key are in the quarantine. */
  readonly expected: Int32Array;
  /** How many of them this reading of the source has met; atomic. */
  readonly found: Int32Array;
}

/** Adds one cell of a key; call with the cells in the key's order, on a digest that was reset. */
export function addKeyCell(digest: RowDigest, storage: StorageClass, bytes: Uint8Array): void {
  digest.integer(STORAGE_CLASSES.indexOf(storage));
  digest.bytes(bytes);
}

const scratch = new RowDigest();

export function keyHash(cells: readonly Pick<ExactCell, 'class' | 'bytes'>[]): bigint {
  scratch.reset();
  for (const cell of cells) addKeyCell(scratch, cell.class, cell.bytes);
  return BigInt.asIntN(64, scratch.value);
}

export function quarantinedKeys(hashes: readonly bigint[]): QuarantinedKeys | null {
  if (hashes.length === 0) return null;
  const sorted = BigInt64Array.from(hashes).sort();
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  const out = new BigInt64Array(new SharedArrayBuffer(distinct * 8));
  const expected = new Int32Array(new SharedArrayBuffer(distinct * 4));
  let at = -1;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) out[++at] = sorted[i] as bigint;
    expected[at] = (expected[at] as number) + 1;
  }
  return { hashes: out, expected, found: counters(distinct) };
}

function counters(size: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(size * 4));
}

/** The same keys, none met yet: for one more reading of the source. */
export function unmet(keys: QuarantinedKeys | null): QuarantinedKeys | null {
  return keys === null ? null : { ...keys, found: counters(keys.hashes.length) };
}

/** Index of a quarantined key after counting one row of it; -1 where the row is not one of the quarantined. */
export function meetKey(keys: QuarantinedKeys, hash: bigint): number {
  let low = 0;
  let high = keys.hashes.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const here = keys.hashes[middle] as bigint;
    if (here === hash) return Atomics.add(keys.found, middle, 1) < (keys.expected[middle] as number) ? middle : takeBack(keys, middle);
    if (here < hash) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Uncounts a row: its part of the source is read again, or it is one more than the quarantine holds. */
export function takeBack(keys: QuarantinedKeys, index: number): -1 {
  Atomics.sub(keys.found, index, 1);
  return -1;
}

/** Hashes of keys that were met less often than they are in the quarantine. */
export function unfoundKeys(keys: QuarantinedKeys | null): Set<bigint> {
  const out = new Set<bigint>();
  if (keys === null) return out;
  for (let i = 0; i < keys.hashes.length; i++) {
    if ((keys.found[i] as number) < (keys.expected[i] as number)) out.add(keys.hashes[i] as bigint);
  }
  return out;
}
