/** What the command and its reading thread say to each other. */
import type { FailureCode } from '@causeway/contracts/failures';
import type { Assessment } from '@causeway/control/assess/assessment';
import type { TableSize } from '../progress/progress-event.ts';

export interface AssessStart {
  /** What is read, which may be a copy of what was asked for. */
  readonly file: string;
  readonly source: string;
  readonly bytes: number;
  readonly names: 'exact' | 'snake_case';
  readonly targetSchema: string | undefined;
  readonly planFile: string | undefined;
  /** Where predicted rows are written, one JSON object a line. */
  readonly rowsFile: string | undefined;
}

export type AssessMessage =
  | { readonly kind: 'tables'; readonly tables: readonly TableSize[] }
  | { readonly kind: 'rows'; readonly table: string; readonly rows: number }
  | { readonly kind: 'done'; readonly assessment: Assessment }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string };
