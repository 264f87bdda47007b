/** The picture on a terminal: a phase line, a bar for each table in work, and a count of the rest. Never wider than the terminal. */
import { displayWidth, middleShortened, padded, paddedLeft } from '../report/display-width.ts';
import { formatClock, formatCount, formatRate } from '../report/format-amount.ts';
import { visibleText } from '../report/visible-text.ts';
import { overallFigures, percent, rateNow, secondsLeft } from './progress-figures.ts';
import { type ProgressState, progressCounts, type TableState } from './progress-state.ts';
import type { TerminalStyle } from './terminal-style.ts';

/** Eight lines with the phase and the count: the rest of the screen belongs to the reader. */
const MOST_BARS = 6;
const NARROW = 48;
const BAR_WIDTH = { least: 8, most: 30 } as const;

export function liveFrame(state: ProgressState, at: number, columns: number, style: TerminalStyle): string[] {
  const counts = progressCounts(state);
  const lines = [phaseLine(state, at, columns, style)];
  if (counts.tables === 0) return lines;
  const shown = columns < NARROW ? [] : counts.active.slice(0, MOST_BARS);
  lines.push(...shown.map((table) => tableLine(table, at, columns, style)));
  const waiting = counts.tables - counts.finished - shown.length;
  const rest = [`${formatCount(counts.finished)} of ${formatCount(counts.tables)} tables finished`, ...(waiting > 0 ? [`${formatCount(waiting)} to do`] : [])];
  lines.push(style.dim(middleShortened(`  ${rest.join(', ')}`, columns)));
  return lines;
}

/** The figures at the end are dropped one by one until the line fits: the ETA is the last to stay. */
function phaseLine(state: ProgressState, at: number, columns: number, style: TerminalStyle): string {
  const counts = progressCounts(state);
  const phase = middleShortened(visibleText(state.phase === '' ? 'starting' : state.phase), Math.max(1, Math.floor(columns / 2)));
  const clock = formatClock((at - state.startedAt) / 1000);
  const figures = counts.tables === 0 ? [] : overallFigures(state, counts.rowsTotal - counts.rowsDone, at);
  const share = percent(counts.rowsDone, counts.rowsTotal);
  const parts = [clock, ...(share === '' ? [] : [share]), ...figures];
  while (parts.length > 1 && displayWidth(`${phase}  ${parts.join('  ')}`) > columns) parts.splice(parts.length > 3 ? 2 : 1, 1);
  return `${style.bold(phase)}${middleShortened(`  ${parts.join('  ')}`, Math.max(0, columns - displayWidth(phase)))}`;
}

function tableLine(table: TableState, at: number, columns: number, style: TerminalStyle): string {
  const nameWidth = Math.min(28, Math.max(10, Math.floor(columns * 0.26)));
  const left = secondsLeft(table.rowsTotal - table.rowsDone, table.rate, at);
  const figures = [
    paddedLeft(percent(table.rowsDone, table.rowsTotal), 4),
    ...(columns >= 72 ? [paddedLeft(formatRate(rateNow(table.rate, at)), 16)] : []),
    ...(columns >= 100 ? [paddedLeft(`${formatCount(table.rowsDone)}/${formatCount(table.rowsTotal)}`, 23)] : []),
    ...(columns >= 60 ? [paddedLeft(left === null ? '' : `ETA ${formatClock(left)}`, 9)] : []),
  ].join('  ');
  const room = columns - nameWidth - figures.length - 5;
  const width = Math.max(BAR_WIDTH.least, Math.min(BAR_WIDTH.most, room));
  return `  ${padded(visibleText(table.name), nameWidth)} ${bar(table.rowsDone, table.rowsTotal, width, style)} ${figures}`;
}

function bar(done: number, total: number, width: number, style: TerminalStyle): string {
  const filled = total === 0 ? width : Math.min(width, Math.floor((width * done) / total));
  return style.cyan('━'.repeat(filled)) + style.dim('─'.repeat(width - filled));
}
