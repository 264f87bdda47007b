/**
 * Gives the memory of huge values back at once. The collector judges by its own heap and lets half a gigabyte of blobs
 * pile up beside it before it looks, and the service has a quarter of one.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RawRow } from './row-reading.ts';

/** Characters or bytes. Smaller values are left to the collector. */
const HUGE = 1024 * 1024;
/** Collecting costs some milliseconds, as much as reading about this many bytes. */
const COLLECT_AFTER = 16 * 1024 * 1024;

let collect: (() => void) | undefined;
let released = 0;

/** Call with a row that is done with. */
export function releaseHuge(cells: RawRow): void {
  let size = 0;
  for (const cell of cells) {
    if (typeof cell === 'string' || cell instanceof Uint8Array) if (cell.length > HUGE) size += cell.length;
  }
  if (size === 0) return;
  // The loop that reads rows still holds this one while the next is being made.
  cells.length = 0;
  released += size;
  if (released < COLLECT_AFTER) return;
  released = 0;
  collect ??= collector();
  collect();
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
