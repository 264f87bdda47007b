/** The snapshot's model within its bounds, and with each of its rules left out. */
import { snapshot } from './snapshot.ts';
import { deep, type Variant, whole, without } from './variant.ts';

export const SNAPSHOT: readonly Variant[] = [
  whole('three writes, a crash between a block and its record', 50_000, () => snapshot({ transactions: 3, crashes: 1 })),
  whole('begun anew beside a stopped loader', 10_000, () => snapshot({ transactions: 2, restarts: 1 })),
  deep('begun anew beside a stopped loader, and a crash', 100_000, () => snapshot({ transactions: 2, crashes: 1, restarts: 1 })),
  without([9], 'a block read again ends elsewhere, blocks are told apart by range', () => snapshot({ transactions: 2, crashes: 1 }, { rangesFromData: true })),
  without([9, 10], 'a block read again ends elsewhere, blocks are told apart by number', () => snapshot({ transactions: 2, crashes: 1 }, { rangesFromData: true, ledger: 'by number' })),
  without([10], 'blocks are not told apart', () => snapshot({ transactions: 2, crashes: 1 }, { ledger: 'none' })),
  without([11], 'the stream begins where the last block was read', () => snapshot({ transactions: 2 }, { startAtLastBlock: true })),
  without([11], 'the stream begins before all ranges are there', () => snapshot({ transactions: 2 }, { streamEarly: true })),
  without([11], 'called consistent from the first block’s position on', () => snapshot({ transactions: 2 }, { consistentAt: 'first' })),
  without([11], 'called consistent from the lowest position on', () => snapshot({ transactions: 2 }, { consistentAt: 'lowest' })),
  without([12], 'a stopped loader commits a block of an old generation', () => snapshot({ transactions: 2, restarts: 1 }, { anyGeneration: true })),
];
