/** What the main thread and the reading threads say to each other. */
import type { Buckets } from '../../align/buckets.ts';
import type { QuarantinedKeys } from '../../align/quarantined-keys.ts';
import type { Slice } from '../../align/slice.ts';
import type { SourceExtent } from '../../align/source-extent.ts';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { DescribedRow } from '../described-row.ts';
import type { RowList } from './list-task.ts';
import type { SourceMeasure } from './measure-task.ts';

export interface ThreadStart {
  readonly file: string;
}

/** One reading of a table; every thread that gets it takes slices until none is left. */
export interface Scan {
  readonly contract: TableContract;
  readonly buckets: Buckets;
  readonly quarantine: QuarantinedKeys | null;
  readonly slices: readonly Slice[];
  /** Shared: number of the next slice, and 1 when the reading shall stop. */
  readonly cursor: Int32Array;
}

export type SourceRequest =
  | { readonly kind: 'extent'; readonly contract: TableContract }
  | ({ readonly kind: 'measure'; readonly limit: number } & Scan)
  | ({ readonly kind: 'list'; readonly wanted: readonly number[] } & Scan)
  | ({ readonly kind: 'describe'; readonly wanted: readonly bigint[]; readonly limit: number } & Scan);

export interface SourceAnswers {
  readonly extent: SourceExtent;
  readonly measure: SourceMeasure;
  readonly list: RowList;
  readonly describe: readonly DescribedRow[];
}

export type ThreadMessage =
  | { readonly kind: 'progress'; readonly id: number; readonly rows: number }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: SourceAnswers[keyof SourceAnswers] }
  | { readonly kind: 'failed'; readonly id: number; readonly code: string; readonly message: string };
