/** The stream model within its bounds, and with each of its rules left out. */
import { stream } from './stream.ts';
import { deep, type Variant, whole, without } from './variant.ts';

export const STREAM: readonly Variant[] = [
  whole('two transactions, a zombie, a crash', 20_000, () => stream({ transactions: 2, zombies: 1, tailerCrashes: 1 })),
  whole('three transactions, a crash, a duplicate', 20_000, () => stream({ transactions: 3, tailerCrashes: 1, duplicates: 1 })),
  whole('three transactions, a crash, a purge that keeps the newest entry', 20_000, () => stream({ transactions: 3, tailerCrashes: 1, purge: true })),
  whole('three transactions, the broker loses its tail', 5_000, () => stream({ transactions: 3, lostTails: 1, purge: true })),
  whole('three transactions, the source loses power', 1_000, () => stream({ transactions: 3, powerLosses: 1 })),
  whole('batches of one entry, a zombie, the loader crashes', 20_000, () => stream({ transactions: 2, batchEntries: 1, zombies: 1, loaderCrashes: 1 })),
  deep('two transactions, a zombie, a crash, a duplicate', 100_000, () => stream({ transactions: 2, zombies: 1, tailerCrashes: 1, duplicates: 1 })),
  deep('three transactions, a zombie', 100_000, () => stream({ transactions: 3, zombies: 1 })),
  deep('batches of one entry, three transactions, both sides crash, purge', 100_000, () => stream({ transactions: 3, batchEntries: 1, tailerCrashes: 1, loaderCrashes: 1, purge: true })),
  deep('three keys, a zombie', 20_000, () => stream({ transactions: 2, keys: 3, zombies: 1 })),
  without([1], 'the purge empties the log, and ids begin anew', () => stream({ transactions: 3, purge: true }, { reuseIds: true })),
  without([2], 'a batch is published before its entries are on the disk', () => stream({ transactions: 3, powerLosses: 1 }, { noSync: true })),
  without([3, 4], 'a batch of one entry is committed with rows that are newer', () => stream({ transactions: 3, batchEntries: 1 }, { commitEarly: true })),
  without([6], 'covered batches are applied again', () => stream({ transactions: 2, zombies: 1 }, { noSkip: true })),
  without([6, 7], 'overlapping batches are skipped', () => stream({ transactions: 2, zombies: 1, tailerCrashes: 1 }, { skipOverlap: true, noHeartbeat: true })),
  whole('overlapping batches are skipped, and heartbeats heal it', 5_000, () => stream({ transactions: 2, zombies: 1 }, { skipOverlap: true })),
  without([6], 'batches from ahead are applied', () => stream({ transactions: 2, lostTails: 1 }, { applyGap: true })),
  without([7], 'an idle tailer sends nothing', () => stream({ transactions: 2, lostTails: 1 }, { noHeartbeat: true })),
  without([6, 7], 'the position moves before the broker has the batch', () => stream({ transactions: 2, tailerCrashes: 1 }, { recordFirst: true, noHeartbeat: true, applyGap: true })),
  without([15], 'what is published is purged, applied or not', () => stream({ transactions: 3, lostTails: 1, purge: true }, { purgePublished: true })),
  without([], 'the capture misses what REPLACE deletes', () => stream({ transactions: 2 }, { missReplaced: true })),
];
