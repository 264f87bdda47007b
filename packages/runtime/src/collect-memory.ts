/**
 * Gives memory outside the collector's heap back in time. Buffers stand beside the heap, and the collector, which judges
 * by its own, lets hundreds of megabytes of dead ones pile up before it looks; a service has a quarter of a gigabyte.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Dead buffers that may pile up; collecting costs about as much as copying this many bytes. */
const COLLECT_AFTER = 16 * 1024 * 1024;
/** Smaller ones are many to a collection anyway. */
const COUNTS_FROM = 4_096;

let collect: (() => void) | undefined;
let piled = 0;

/** Call with the bytes of a buffer, of this thread, that is done with. */
export function releasing(bytes: number): void {
  if (bytes < COUNTS_FROM) return;
  piled += bytes;
  if (piled < COLLECT_AFTER) return;
  piled = 0;
  collect ??= collector();
  collect();
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
