/** What must be so before a cutover or a rollback may begin. Pure: each gate says what is missing and what to do about it. */

export type GateName = 'lag' | 'catching_up' | 'first_pass' | 'unverified' | 'divergences' | 'quarantine' | 'way_back' | 'services' | 'back_problems' | 'back_lag' | 'sequences' | 'capture' | 'source';

export interface Gate {
  readonly name: GateName;
  readonly green: boolean;
  /** What was found, without row values. */
  readonly found: string;
  /** What makes it green; empty where it is. */
  readonly remedy: string;
}

/** Numbers that are null are unknown: their service is down or has not told them, and unknown is never green. */
export interface GateFacts {
  readonly lagChanges: number | null;
  readonly catchingUp: boolean;
  readonly passes: number | null;
  readonly unverified: number | null;
  readonly openDivergences: number;
  readonly quarantined: number;
  /** Newest attempt, or null, whose heartbeat came the way back into SQLite. */
  readonly backBeat: bigint | null;
  readonly attempt: bigint;
  readonly servicesDown: readonly string[];
  readonly backProblems: readonly string[];
  readonly backQueued: number | null;
  /** Rows that the way back wrote and that are not compared yet. */
  readonly backUnverified: number | null;
  /** Sequences near the end of their range, with how far they are. */
  readonly fullSequences?: readonly string[];
  /** What is missing of the capture in SQLite; null: nothing. */
  readonly captureLost?: string | null;
  /** What passed the fence of SQLite; null: nothing. */
  readonly sourceTouched?: string | null;
}

export interface GateLimits {
  readonly maxLagChanges: number;
  readonly maxUnverified: number;
  readonly acceptQuarantine: boolean;
}

/** More would make the time under the fence depend on the backlog. */
export const DEFAULT_LIMITS: GateLimits = { maxLagChanges: 5_000, maxUnverified: 5_000, acceptQuarantine: false };

const gate = (name: GateName, green: boolean, found: string, remedy: string): Gate => ({ name, green, found, remedy: green ? '' : remedy });
const told = (value: number | null): string => (value === null ? 'unknown' : String(value));
const within = (value: number | null, limit: number): boolean => value !== null && value <= limit;

// Invariant: I62
export function cutoverGates(facts: GateFacts, limits: GateLimits = DEFAULT_LIMITS): Gate[] {
  return [
    servicesGate(facts),
    gate('catching_up', !facts.catchingUp, facts.catchingUp ? 'the target is catching up' : 'no', 'wait until the backlog is applied'),
    gate('lag', within(facts.lagChanges, limits.maxLagChanges), `${told(facts.lagChanges)} changes`, `wait until it is at most ${limits.maxLagChanges}`),
    gate('first_pass', (facts.passes ?? 0) >= 1, `${told(facts.passes)} passes over all rows`, 'wait for the first pass of the validator'),
    gate('unverified', within(facts.unverified, limits.maxUnverified), `${told(facts.unverified)} changed rows`, `wait until it is at most ${limits.maxUnverified}`),
    gate('divergences', facts.openDivergences === 0, `${facts.openDivergences} open`, 'see `causeway status`, then `causeway repair`'),
    gate('capture', (facts.captureLost ?? null) === null, facts.captureLost ?? 'whole', 'see what removed it; begin again with --restart'),
    gate('sequences', (facts.fullSequences ?? []).length === 0, (facts.fullSequences ?? []).length === 0 ? 'room for new ids' : (facts.fullSequences ?? []).join('; '), 'widen the column and its sequence before the switch'),
    gate('quarantine', facts.quarantined === 0 || limits.acceptQuarantine, `${facts.quarantined} rows`, 'correct the rows in the source, or accept them with --accept-quarantine'),
    gate('way_back', facts.backBeat !== null && facts.backBeat >= facts.attempt, facts.backBeat === null ? 'no heartbeat has come back yet' : `heartbeat of attempt ${facts.backBeat}`, 'wait for the heartbeat; the log of the loader says what hinders it'),
  ];
}

/** Gates of the way back. A red one means that going back would lose something, and says what. */
// Invariant: I62
export function rollbackGates(facts: GateFacts, limits: GateLimits = DEFAULT_LIMITS): Gate[] {
  return [
    servicesGate(facts),
    gate('back_problems', facts.backProblems.length === 0, facts.backProblems.length === 0 ? 'none' : facts.backProblems.join('; '), 'undo what is named in PostgreSQL; SQLite cannot hold it exactly'),
    gate('source', (facts.sourceTouched ?? facts.captureLost ?? null) === null, facts.sourceTouched ?? facts.captureLost ?? 'as it was fenced', 'find what changed SQLite under its fence, and undo it there'),
    gate('back_lag', within(facts.backQueued, limits.maxLagChanges), `${told(facts.backQueued)} changes`, `wait until it is at most ${limits.maxLagChanges}`),
    gate('unverified', within(facts.backUnverified, limits.maxUnverified), `${told(facts.backUnverified)} changed rows`, `wait until it is at most ${limits.maxUnverified}`),
    gate('divergences', facts.openDivergences === 0, `${facts.openDivergences} open`, 'see `causeway status`, then `causeway repair`'),
  ];
}

const servicesGate = (facts: GateFacts): Gate => gate('services', facts.servicesDown.length === 0, facts.servicesDown.length === 0 ? 'alive' : `down: ${facts.servicesDown.join(', ')}`, 'run `causeway migrate --live` for this source');
