/** One line for logs and pipes: no control codes, no width. */
import { formatClock, formatCount, formatCounted } from '../report/format-amount.ts';
import { visibleText } from '../report/visible-text.ts';
import { overallFigures, percent } from './progress-figures.ts';
import { type ProgressState, progressCounts } from './progress-state.ts';

/** `[0:04] snapshot: 3 of 34 tables, 1,234,567 of 3,000,000 rows (41%), 45,120 rows/s, 12.3 MB/s, ETA 0:41` */
export function plainLine(state: ProgressState, at: number): string {
  const counts = progressCounts(state);
  const parts =
    counts.tables === 0
      ? []
      : [
          `${formatCount(counts.finished)} of ${formatCounted(counts.tables, 'table')}`,
          `${formatCount(counts.rowsDone)} of ${formatCounted(counts.rowsTotal, 'row')}${counts.rowsTotal > 0 ? ` (${percent(counts.rowsDone, counts.rowsTotal)})` : ''}`,
          ...overallFigures(state, counts.rowsTotal - counts.rowsDone, at),
        ];
  const clock = formatClock((at - state.startedAt) / 1000);
  return `[${clock}] ${visibleText(state.phase)}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}
