/** A cutover or a rollback from its gates to its outcome, for the commands and for whoever rehearses them. */
import type { CutoverWork } from '@causeway/control/cutover/cutover-sides';
import { closedMs } from '@causeway/control/cutover/fence-time';
import { runCutover } from '@causeway/control/cutover/run-cutover';
import { sqliteSide } from '@causeway/control/cutover/sqlite-side';
import { readSteps } from '@causeway/control/cutover/step-record';
import type { CutoverAction, CutoverGoal } from '@causeway/control/cutover/transition';
import { type LivePhase, readLive } from '@causeway/control/live/live-record';
import type { LiveSession } from './live-session.ts';

export interface SwitchOptions {
  readonly readyWithinMs: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Each new action, once, however often it is waited for. */
  readonly tell: (text: string) => void;
}

export interface SwitchOutcome {
  readonly phase: LivePhase;
  readonly authoritative: 'sqlite' | 'postgresql';
  readonly attempt: number;
  /** How long nobody could write; null where nothing was closed. */
  readonly closedMs: number | null;
  readonly steps: readonly { readonly step: string; readonly state: string; readonly beganAt: string; readonly ms: number }[];
}

export async function performSwitch({ pool, g, contracts, contractVersion, db }: Pick<LiveSession, 'pool' | 'g' | 'contracts' | 'contractVersion' | 'db'>, goal: CutoverGoal, work: CutoverWork, options: SwitchOptions): Promise<SwitchOutcome> {
  const { readyWithinMs, deadlineMs, signal } = options;
  try {
    await runCutover({ pool, g, contracts, source: sqliteSide(db, contracts, contractVersion), work, goal, readyWithinMs, deadlineMs, signal, onAction: teller(options.tell) });
  } finally {
    work.gate?.end();
  }
  const live = await readLive(pool, g.migration);
  const steps = (await readSteps(pool, g.migration)).filter((s) => s.attempt === live.attempt).map((s) => ({ step: s.step, state: s.state, beganAt: s.beganAt.toISOString(), ms: Math.round(s.ms * 10) / 10 }));
  return { phase: live.phase, authoritative: live.phase === 'switched' ? 'postgresql' : 'sqlite', attempt: Number(live.attempt), closedMs: await closedMs(pool, g.migration, live.attempt), steps };
}

function teller(tell: (text: string) => void): (action: CutoverAction) => void {
  let last = '';
  return (action) => {
    const text = action.kind === 'wait_gates' ? `waiting for gates: ${action.red.map((r) => r.split(':')[0]).join(', ')}` : action.kind.replaceAll('_', ' ');
    if (text === last || action.kind === 'done' || action.kind === 'look_again') return;
    last = text;
    tell(text);
  };
}
