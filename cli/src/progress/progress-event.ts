/** What a running migration says of itself: made by the command from the control record, drawn by `createProgress`. */
export type ProgressStage = 'snapshot' | 'keys' | 'verify' | 'done';

export interface TableSize {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** Rows that an earlier run had moved: they count as done, not as done just now. */
  readonly rowsDone?: number;
}

export interface TableProgress {
  readonly name: string;
  /** Of the present stage: verification counts its rows from 0 again. */
  readonly rowsDone: number;
  readonly rowsTotal: number;
  readonly bytesDone?: number;
  readonly stage: ProgressStage;
}

export type ProgressEvent =
  /** `at` in milliseconds of the same clock that `createProgress` was given. */
  | { readonly kind: 'phase'; readonly phase: string; readonly at: number }
  | { readonly kind: 'tables'; readonly tables: readonly TableSize[] }
  | ({ readonly kind: 'table' } & TableProgress)
  | { readonly kind: 'note'; readonly text: string };
