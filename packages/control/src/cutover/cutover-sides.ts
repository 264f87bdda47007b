/** What the controller needs of SQLite and of the command that runs it. Both are asked anew on every lap. */
import type { Gate } from './gates.ts';
import type { SourceFence } from './transition.ts';

/** SQLite's side. Synchronous and short: each call is a transaction of its own. */
export interface SourceSide {
  fence(): SourceFence;
  /** Only if attempt > highest lifted and >= the present one (rule 19), else it does nothing; synchronous=FULL (rule 17). */
  raiseFence(attempt: bigint): void;
  /** Only if exactly this attempt's fence stands (rule 19), else it does nothing; synchronous=FULL. */
  liftFence(attempt: bigint): void;
  /** What passed the fence, in words that name the table; null where nothing did (rule 25). */
  touched(): string | null;
  /** Newest attempt whose marker came the way back. */
  backMarker(): bigint;
}

/**
 * The application's own gate. The calls are idempotent and have a deadline of their own. `ready` resolves when `close` can
 * do its work at once; `close` when the application holds every new write and has ended those in flight; `open` says where
 * writes go from now on. `end`: neither is called any more.
 */
export interface ApplicationGate {
  ready(): Promise<void>;
  close(primary: 'sqlite' | 'postgresql', attempt: bigint): Promise<void>;
  open(primary: 'sqlite' | 'postgresql', attempt: bigint): Promise<void>;
  end(): void;
}

export interface CutoverWork {
  /** Null: the application has none, and meets the fence itself. */
  readonly gate: ApplicationGate | null;
  gates(goal: 'cutover' | 'rollback'): Promise<readonly Gate[]>;
  /** Everything is ready for a short time under the fence of this attempt: little is left to apply and to compare. */
  prepared(attempt: bigint): Promise<boolean>;
  /** The side to be opened is compared up to the end of this attempt's drain, and equal. */
  verified(direction: 'cutover' | 'rollback', attempt: bigint): Promise<boolean>;
  /** Of the side to be opened; idempotent, never downwards. */
  setSequences(direction: 'cutover' | 'rollback'): Promise<void>;
  /** The owner's own switch; idempotent as far as the owner makes it so. */
  runSwitch(direction: 'cutover' | 'rollback', attempt: bigint): Promise<void>;
}
