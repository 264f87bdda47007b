/** For terminals: a few lines that are erased and drawn again in place. Notes go above them and stay. */
import { redactCredentials } from '../report/redact-credentials.ts';
import { visibleLines } from '../report/visible-text.ts';
import type { ExitHook } from './cursor-guard.ts';
import { liveFrame } from './live-frame.ts';
import type { ProgressClock } from './progress-clock.ts';
import type { ProgressDisplay, TextSink } from './progress-display.ts';
import type { ProgressState } from './progress-state.ts';
import type { TerminalStyle } from './terminal-style.ts';

export interface LiveDisplayOptions {
  readonly stream: TextSink;
  readonly clock: ProgressClock;
  readonly style: TerminalStyle;
  readonly columns: () => number;
  readonly onEnd: ExitHook;
}

/** Faster than this the eye sees no more, and a slow terminal falls behind. */
const REDRAW_MS = 100;
/** Elapsed time and ETA move on while no event arrives. */
const IDLE_REDRAW_MS = 1000;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const ERASE_BELOW = '\u001b[0J';

export function liveDisplay({ stream, clock, style, columns, onEnd }: LiveDisplayOptions): ProgressDisplay {
  let drawn = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let latest: ProgressState | null = null;
  const erase = (): string => (drawn === 0 ? '' : `\r\u001b[${drawn}A${ERASE_BELOW}`);
  const draw = (above = ''): void => {
    if (latest === null) return;
    // One column less than there are: a full line would wrap on some terminals, and the next erase would miss it.
    const lines = liveFrame(latest, clock.now(), columns() - 1, style);
    stream.write(`${erase()}${above}${lines.join('\n')}\n`);
    drawn = lines.length;
    drawnAt = clock.now();
  };
  stream.write(HIDE_CURSOR);
  const release = onEnd(() => stream.write(SHOW_CURSOR));
  const stop = clock.every(IDLE_REDRAW_MS, () => draw());
  return {
    changed(state, event) {
      latest = state;
      if (event.kind === 'note') return draw(`${visibleLines(redactCredentials(event.text))}\n`);
      if (event.kind === 'phase' || clock.now() - drawnAt >= REDRAW_MS) draw();
    },
    end() {
      stop();
      release();
      stream.write(erase() + SHOW_CURSOR);
    },
  };
}
