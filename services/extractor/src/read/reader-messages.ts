/** What the main thread and the reader thread say to each other. */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { KeyRange } from '@causeway/control/record/table-record';
import type { RangeSlice, SliceStart } from './plan-ranges.ts';

export interface ReaderStart {
  readonly file: string;
  readonly migration: string;
  readonly generation: number;
  readonly attempt: string;
  /** See TableReading. */
  readonly live: boolean;
  /** Two 32-bit cells: bytes handed over and not yet acknowledged, and 1 when the reader must stop. */
  readonly credit: SharedArrayBuffer;
  /** See slabs. */
  readonly slabFlags: SharedArrayBuffer;
  /** The reader waits while more than this is outstanding. */
  readonly limitBytes: number;
}

/** Bytes that stand in a slab. */
export interface SlabBytes {
  readonly slab: number;
  readonly offset: number;
  readonly length: number;
}

export type ReaderRequest =
  | { readonly kind: 'plan'; readonly contract: TableContract; readonly start: SliceStart }
  | { readonly kind: 'read'; readonly contract: TableContract; readonly schemaId: number; readonly ranges: readonly KeyRange[] }
  | { readonly kind: 'row'; readonly contract: TableContract; readonly range: KeyRange; readonly place: number };

export type ReaderReply =
  | { readonly kind: 'ranges'; readonly slice: RangeSlice }
  | { readonly kind: 'slab'; readonly slab: number; readonly memory: SharedArrayBuffer }
  | { readonly kind: 'part'; readonly table: number; readonly range: number; readonly bytes: Uint8Array | SlabBytes; readonly last: boolean; readonly rows: number; readonly rejects: number }
  | { readonly kind: 'read'; readonly table: number }
  | { readonly kind: 'row'; readonly key: readonly ExactCell[]; readonly values: readonly ExactCell[] }
  | { readonly kind: 'surprise'; readonly table: string; readonly column: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
