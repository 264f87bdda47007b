/** What the control model keeps, and the rules that can be left out of it. */
import type { LivePhase } from '@causeway/control/live/live-record';

export type Phase = Exclude<LivePhase, 'loading' | 'completed'>;

/**
 * Data are versions: `newest` is the last write that an application was told is committed; `sqlite` and `postgres` are the
 * versions that the sides have. A write to a side that has not the newest version loses something.
 */
export interface ControlState {
  readonly newest: number;
  readonly sqlite: number;
  readonly postgres: number;
  /** The log's end in SQLite, and what of it PostgreSQL has. */
  readonly logEnd: number;
  readonly applied: number;
  readonly phase: Phase;
  readonly attempt: number;
  /** −1: null. */
  readonly fenceEnd: number;
  /** The application may write in PostgreSQL. */
  readonly open: boolean;
  readonly armed: boolean;
  /** Attempt for which the sequences are set. */
  readonly sequences: number;
  readonly marker: number;
  /** SQLite's facts. */
  readonly fence: number;
  readonly lifted: number;
  readonly sourceEnd: number;
  readonly backMarker: number;
  /** Something has passed the fence, and SQLite's schema version tells. */
  readonly touched: boolean;
  /** Drain markers on their way: attempt and end. */
  readonly markers: readonly (readonly [number, number])[];
  /** Messages of the way back, any of which may come (again) at any time: attempt and version. */
  readonly back: readonly (readonly [number, number])[];
  /** What each controller has seen or is about to do, as JSON: two that think the same are one state, whoever is who. */
  readonly controllers: readonly string[];
  readonly writes: number;
  readonly cutovers: number;
  readonly rollbacks: number;
  readonly undos: number;
  readonly accidents: number;
}

/** Each true leaves a rule, or a part of one, out. */
export interface ControlRules {
  /** 17: the fence is committed with synchronous=NORMAL. */
  readonly fenceNotSynced?: boolean;
  /** 17: decisions are committed with synchronous_commit=off. */
  readonly decisionNotSynced?: boolean;
  /** 18: decisions are made without comparing phase and attempt. */
  readonly noCompare?: boolean;
  /** 19: a fence is lifted whoever's it is. */
  readonly liftAny?: boolean;
  /** 19: a fence is raised also when it was lifted before. */
  readonly raiseAny?: boolean;
  /** 20: SQLite is read first, PostgreSQL second. */
  readonly sourceFirst?: boolean;
  /** 20: a fence newer than the attempt is taken for a leftover. */
  readonly liftNewer?: boolean;
  /** 21: phase "switched" is decided first, PostgreSQL opened later. */
  readonly openLater?: boolean;
  /** 21: the fence is lifted first, the decision recorded later. */
  readonly liftFirst?: boolean;
  /** 22: any marker counts. */
  readonly markerWithoutAttempt?: boolean;
  /** 23: the reverse capture is armed after the opening. */
  readonly armLate?: boolean;
  /** 23: sequences are set after the opening. */
  readonly sequencesLate?: boolean;
  /** 25: nothing is compared under the fence. */
  readonly believeFence?: boolean;
  /** 27: the sink writes without a fence, or under any. */
  readonly sink?: 'unfenced' | 'any fence';
}
