/**
 * Shows how a migration gets on. On a terminal a few lines that redraw themselves; elsewhere a line now and then, without
 * control codes. Call `handle` for each event, and `finish` once, on every path: it gives the cursor back and prints the outcome.
 * It never throws for what an event contains, and writes nothing after `finish`.
 */
import { type ExitHook, onProcessEnd } from './cursor-guard.ts';
import { liveDisplay } from './live-display.ts';
import { plainDisplay } from './plain-display.ts';
import { type ProgressClock, systemClock } from './progress-clock.ts';
import type { ProgressDisplay, TextSink } from './progress-display.ts';
import type { ProgressEvent } from './progress-event.ts';
import { initialState, withEvent } from './progress-state.ts';
import { type RunSummary, summaryTable, verdictLines } from './run-summary.ts';
import { terminalStyle } from './terminal-style.ts';

export interface ProgressOptions {
  readonly stream: TextSink;
  readonly isTTY: boolean;
  /** The terminal's width; a function where it may be resized. */
  readonly columns: number | (() => number);
  readonly clock?: ProgressClock;
  /** False where NO_COLOR is set; the caller reads the environment. Default: as `isTTY`. */
  readonly color?: boolean;
  /** Nothing but the verdict and where the report is. */
  readonly quiet?: boolean;
  /** How to learn of the process's end; exchanged in tests. */
  readonly onEnd?: ExitHook;
}

export interface Progress {
  handle(event: ProgressEvent): void;
  /** With null where there is no outcome to print, such as after an error that the command tells itself. */
  finish(summary: RunSummary | null): void;
}

export function createProgress(options: ProgressOptions): Progress {
  const clock = options.clock ?? systemClock;
  const style = terminalStyle(options.color ?? options.isTTY);
  const display = chosenDisplay(options, clock);
  let state = initialState(clock.now());
  let finished = false;
  return {
    handle(event) {
      if (finished) return;
      state = withEvent(state, event, clock.now());
      display.changed(state, event);
    },
    finish(summary) {
      if (finished) return;
      finished = true;
      display.end();
      if (summary === null) return;
      const table = options.quiet ? [] : summaryTable(summary.report, widthOf(options), style);
      const lines = [...table, ...(table.length > 0 ? [''] : []), ...verdictLines(summary, style)];
      options.stream.write(`${lines.join('\n')}\n`);
    },
  };
}

function widthOf(options: ProgressOptions): number {
  const columns = typeof options.columns === 'function' ? options.columns() : options.columns;
  // Pipes and some terminals report none or 0.
  return Number.isFinite(columns) && columns > 0 ? Math.floor(columns) : 80;
}

function chosenDisplay(options: ProgressOptions, clock: ProgressClock): ProgressDisplay {
  if (options.quiet) return { changed: () => {}, end: () => {} };
  const { stream } = options;
  if (!options.isTTY) return plainDisplay(stream, clock);
  const style = terminalStyle(options.color ?? true);
  return liveDisplay({ stream, clock, style, columns: () => widthOf(options), onEnd: options.onEnd ?? onProcessEnd });
}
