/** What the main thread and the live reading threads say to each other. Every answer comes from one short read transaction. */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { ChangedKey, SourceRowState } from '../row-state.ts';

export interface LiveThreadStart {
  readonly file: string;
  /** What the capture of this migration is known by. */
  readonly migration: string;
  readonly token: string;
  readonly contracts: readonly TableContract[];
  /** Of these contracts. */
  readonly contractVersion: number;
}

export type LiveRequest =
  /** The log's end, and what identifies the file. */
  | { readonly kind: 'end' }
  /** Keys of the entries behind `after`, the oldest `limit` entries of them. */
  | { readonly kind: 'changes'; readonly after: bigint; readonly limit: number; readonly keyWidths: readonly number[] }
  /** Keys of one table that changed in (after, upTo]. */
  | { readonly kind: 'between'; readonly table: number; readonly width: number; readonly after: bigint; readonly upTo: bigint }
  /** Rows while PostgreSQL is the primary, and how far the way back has come in the same transaction. `thorough`: where no spelling finds a row, all keys are read. */
  | { readonly kind: 'backStates'; readonly contract: TableContract; readonly asked: readonly AskedRow[]; readonly elements: boolean; readonly thorough: boolean }
  /** How far the way back has come in SQLite. */
  | { readonly kind: 'backPlace' }
  | { readonly kind: 'states'; readonly contract: TableContract; readonly keys: readonly (readonly ExactCell[])[]; readonly elements: boolean }
  /** The next rows in the order of the table, behind the row that `after` names. */
  | { readonly kind: 'page'; readonly contract: TableContract; readonly after: readonly ExactCell[] | null; readonly limit: number }
  /** Whether every key is an integer, so that ranges reach every row. */
  | { readonly kind: 'onlyIntegers'; readonly contract: TableContract }
  /** The key of the last of `rows` rows from `low` on, in the order of an integer key; null where there are fewer. */
  | { readonly kind: 'rangeEnd'; readonly contract: TableContract; readonly low: bigint; readonly rows: number }
  /** Rows and sum of digests of a range of an integer key. */
  | { readonly kind: 'sum'; readonly contract: TableContract; readonly low: bigint; readonly high: bigint }
  /** Key and digest of each row of the range. */
  | { readonly kind: 'list'; readonly contract: TableContract; readonly low: bigint; readonly high: bigint };

export interface LiveAnswers {
  readonly end: LogEnd;
  readonly changes: { readonly end: bigint; readonly readTo: bigint; readonly gap: boolean; readonly keys: readonly ChangedKey[] };
  /** `gap`: entries behind `after` were purged, so that nobody can tell what changed. */
  readonly between: { readonly gap: boolean; readonly keys: readonly string[] };
  /** Several rows where SQLite spells one key in several ways. */
  readonly backStates: { readonly place: BackPlace; readonly rows: readonly (readonly SourceRowState[])[] };
  readonly backPlace: BackPlace;
  readonly states: { readonly position: bigint; readonly rows: readonly SourceRowState[] };
  readonly page: { readonly position: bigint; readonly rows: readonly SourceRowState[]; readonly next: readonly ExactCell[] | null };
  readonly onlyIntegers: boolean;
  readonly rangeEnd: bigint | null;
  readonly sum: { readonly position: bigint; readonly rows: number; readonly sum: bigint; readonly uncanonical: number };
  readonly list: { readonly position: bigint; readonly keys: BigInt64Array; readonly digests: BigInt64Array; readonly uncanonical: BigInt64Array };
}

export interface BackPlace {
  readonly epoch: bigint;
  readonly batch: bigint;
  readonly marker: bigint;
  /** Attempt whose fence stands; 0 without. */
  readonly fence: bigint;
}

/** A key as SQLite spells it, or the spellings under which it may stand there. */
export type AskedRow =
  | { readonly cells: readonly ExactCell[] }
  | { readonly match: bigint; readonly spellings: readonly (readonly ExactCell[] | null)[] };

export interface LogEnd {
  readonly position: bigint;
  readonly schemaVersion: number;
}

export type LiveThreadMessage =
  /** `lost`: what is missing of the capture in this transaction; `touched`: what passed the fence that stands in it; null: nothing. */
  | { readonly kind: 'answer'; readonly id: number; readonly answer: LiveAnswers[keyof LiveAnswers]; readonly lost: string | null; readonly touched: string | null }
  | { readonly kind: 'failed'; readonly id: number; readonly code: string; readonly message: string; readonly touched?: string | null };
