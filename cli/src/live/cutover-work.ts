/** What the controller asks of this command: gates, the validator's word, sequences, and the owner's switch. */
import type { CutoverWork } from '@causeway/control/cutover/cutover-sides';
import { gateFacts, sqliteSequences, unverifiedNow } from '@causeway/control/cutover/gate-facts';
import { cutoverGates, type Gate, type GateLimits, rollbackGates } from '@causeway/control/cutover/gates';
import { logEnd } from '@causeway/control/capture/source-facts';
import { readLive } from '@causeway/control/live/live-record';
import { readStreamPosition } from '@causeway/control/live/stream-position';
import { DOWN_AFTER_MS, readBeats } from '@causeway/control/live/service-beat';
import { setSequences } from '@causeway/control/target/set-sequences';
import { commandGate, type GateCommand } from './gate-command.ts';
import { processGate } from './gate-process.ts';
import type { LiveSession } from './live-session.ts';
import { runSwitchCommand } from './switch-command.ts';

/** Changes that are applied and compared in a fraction of a second. */
const FEW = 1_000;

export interface WorkOptions {
  readonly limits: GateLimits;
  readonly onSwitch: string | undefined;
  readonly gate: GateCommand | undefined;
  readonly signal: AbortSignal;
}

export function cutoverWork({ pool, g, contracts, db }: LiveSession, options: WorkOptions): CutoverWork & { gates(goal: 'cutover' | 'rollback'): Promise<Gate[]> } {
  const verdict = { cutover: 'cutoverVerified', rollback: 'rollbackVerified' } as const;
  return {
    gate: options.gate === undefined ? null : (options.gate.stays ? processGate : commandGate)(options.gate, g.migration),
    gates: async (goal) => {
      const facts = await gateFacts({ pool, g, contracts, db });
      return goal === 'cutover' ? cutoverGates(facts, options.limits) : rollbackGates(facts, options.limits);
    },
    prepared: async (attempt) => {
      const validator = (await readBeats(pool, g.migration)).find((b) => b.name === 'validator');
      const { applied } = await readStreamPosition(pool, g);
      if (validator?.state['preparedFor'] === String(attempt) && (await readLive(pool, g.migration)).phase === 'returning') return Number(validator.state['backUnverified']) <= FEW;
      const end = logEnd(db);
      const unverified = unverifiedNow(validator?.state, end);
      return validator?.state['preparedFor'] === String(attempt) && unverified !== null && unverified <= FEW && Number(end - applied) <= FEW;
    },
    verified: async (direction, attempt) => {
      const validator = (await readBeats(pool, g.migration)).find((b) => b.name === 'validator');
      return validator !== undefined && validator.ageMs < DOWN_AFTER_MS && validator.state[verdict[direction]] === String(attempt);
    },
    // The way back's sink has raised sqlite_sequence with the marker, in its own transaction.
    setSequences: async (direction) => (direction === 'cutover' ? setSequences(pool, contracts, sqliteSequences(db)) : undefined),
    runSwitch: async (direction, attempt) => {
      if (options.onSwitch !== undefined) await runSwitchCommand(options.onSwitch, { primary: direction === 'cutover' ? 'postgresql' : 'sqlite', migration: g.migration, attempt, signal: options.signal });
    },
  };
}
