/** Lets go of the large values of a row that is done with, and counts them for the collector. */
import { releasing } from '@causeway/runtime/collect-memory';
import type { RawRow } from './row-reading.ts';

/** Characters or bytes. Smaller values may wait until their page is done with. */
const HUGE = 1024 * 1024;

export function releaseHuge(cells: RawRow): void {
  let huge = false;
  for (const cell of cells) {
    if (typeof cell === 'string') {
      if (cell.length > HUGE) {
        huge = true;
        releasing(cell.length);
      }
    } else if (cell instanceof Uint8Array) {
      if (cell.length > HUGE) huge = true;
      releasing(cell.length);
    }
  }
  // The loop that reads rows still holds this one while the next is being made.
  if (huge) cells.length = 0;
}
