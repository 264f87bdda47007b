/** What the stream model keeps, its bounds, and the rules that can be left out of it. */
import type { Rows } from './stream-application.ts';

export interface Batch {
  readonly from: number;
  readonly to: number;
  readonly asOf: number;
  /** Key and value. */
  readonly rows: readonly (readonly [number, number])[];
}

export interface Tailer {
  readonly at: 'down' | 'idle' | 'read' | 'sent';
  /** Newest id that it has published. */
  readonly position: number;
  readonly batch: Batch | null;
}

/** The loader's side as PostgreSQL has it. */
export interface Target {
  readonly rows: Rows;
  readonly applied: number;
  readonly asOf: number;
}

export interface StreamState {
  readonly source: Rows;
  /** Every committed state with the log's end in it. */
  readonly committed: readonly (readonly [number, Rows])[];
  /** Entries of the change log: id and key. */
  readonly log: readonly (readonly [number, number])[];
  readonly logEnd: number;
  readonly transactions: number;
  readonly tailers: readonly Tailer[];
  /** From the loader's stored offset on. */
  readonly topic: readonly Batch[];
  /** Sent by a tailer that has died since, not yet on the topic. */
  readonly inFlight: readonly Batch[];
  readonly target: Target;
  /** What a loader that dies comes back to; `offset` counts from there. */
  readonly stored: Target;
  readonly offset: number;
  readonly resend: boolean;
  /** Newest id that was on the disk of the source before its batch was published. */
  readonly synced: number;
  readonly recorded: number;
  readonly zombies: number;
  readonly tailerCrashes: number;
  readonly loaderCrashes: number;
  readonly duplicates: number;
  readonly lostTails: number;
  readonly powerLosses: number;
}

export interface StreamBounds {
  readonly transactions: number;
  readonly zombies?: number;
  readonly tailerCrashes?: number;
  readonly loaderCrashes?: number;
  readonly duplicates?: number;
  readonly lostTails?: number;
  readonly powerLosses?: number;
  readonly purge?: boolean;
  /** Entries in a batch: smaller than the backlog, its rows may be newer than its end. */
  readonly batchEntries?: number;
  /** Keys and unique values. */
  readonly keys?: number;
}

/** Each true leaves a rule, or a part of one, out. */
export interface StreamRules {
  /** 1: the purge empties the log, and ids begin anew. */
  readonly reuseIds?: boolean;
  /** 2: a batch is published before its entries are on the disk. */
  readonly noSync?: boolean;
  /** 4: a batch whose rows are newer than its end is committed as it is. */
  readonly commitEarly?: boolean;
  /** 6: batches that are covered are applied again. */
  readonly noSkip?: boolean;
  /** 6: a batch that overlaps is skipped. */
  readonly skipOverlap?: boolean;
  /** 6: a batch from ahead is applied. */
  readonly applyGap?: boolean;
  /** 7: the published position moves before the broker has the batch, and is where a tailer begins. */
  readonly recordFirst?: boolean;
  /** 7: an idle tailer sends nothing. */
  readonly noHeartbeat?: boolean;
  /** 15: what is published is purged, whether or not it is applied. */
  readonly purgePublished?: boolean;
  /** The capture misses what REPLACE deletes. */
  readonly missReplaced?: boolean;
}
