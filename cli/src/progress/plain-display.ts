/** For logs and pipes: a line at each phase and otherwise at most one in two seconds; notes at once. */
import { redactCredentials } from '../report/redact-credentials.ts';
import { visibleLines } from '../report/visible-text.ts';
import { plainLine } from './plain-line.ts';
import type { ProgressClock } from './progress-clock.ts';
import type { ProgressDisplay, TextSink } from './progress-display.ts';

const LINE_MS = 2000;

export function plainDisplay(stream: TextSink, clock: ProgressClock): ProgressDisplay {
  let printedAt = Number.NEGATIVE_INFINITY;
  const print = (text: string): void => void stream.write(`${text}\n`);
  return {
    changed(state, event) {
      const now = clock.now();
      if (event.kind === 'note') return print(visibleLines(redactCredentials(event.text)));
      if (event.kind !== 'phase' && now - printedAt < LINE_MS) return;
      printedAt = now;
      print(plainLine(state, now));
    },
    end: () => {},
  };
}
