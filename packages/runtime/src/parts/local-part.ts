/**
 * A server that this command started for itself. It lives at most as long as the process that started it: `stop()` ends
 * it in order, and a keeper process ends it when its starter goes away by any other means, kill -9 included.
 */
import type { Failure } from '@causeway/contracts/failures';

export interface LocalPart {
  /** What the part wrote about itself; named in every error. */
  readonly logFile: string;
  /** True where a server of an earlier starter is used: `stop()` then leaves it alone. */
  readonly attached: boolean;
  /** Resolves only if the part ends before it is asked to. */
  readonly lost: Promise<Failure>;
  /** Ends the part and waits until it is gone. May be called again. */
  stop(): Promise<void>;
}

/** Variables of the process, handed in by the main file. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface PartOptions {
  /** Folder of this part alone; what it holds survives between runs. */
  readonly stateDir: string;
  readonly environment: Environment;
  /** Ends the start only. A part that runs is ended by `stop()`, because an interrupted command still needs it. */
  readonly signal: AbortSignal;
  /** Told what takes long, one sentence at a time. */
  readonly log?: (sentence: string) => void;
}
