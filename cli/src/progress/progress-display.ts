import type { ProgressEvent } from './progress-event.ts';
import type { ProgressState } from './progress-state.ts';

/** The part of a writable stream that progress needs. */
export interface TextSink {
  write(text: string): unknown;
}

/** One way of showing progress. `changed` is called after each event with the state it led to; `end` once, and then nothing more. */
export interface ProgressDisplay {
  changed(state: ProgressState, event: ProgressEvent): void;
  end(): void;
}
