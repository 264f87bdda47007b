/**
 * The controller: reads the facts, performs the one next action, and reads again, until there is nothing left to do.
 * It remembers nothing that a restart would need. Before the point of no return a failure or the deadline turns the goal
 * into `undo`; after it the same command, run again, finishes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { failPoint } from '@causeway/runtime/fail-point';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import { readLive } from '../live/live-record.ts';
import { installReverseCapture } from '../target/reverse-capture.ts';
import { beginAttempt, closePostgres, decideFollowing, openPostgres, reopenPostgres, storeFenceEnd } from './decisions.ts';
import { CLOSE_GATE, OPEN_GATE } from './gate-record.ts';
import { type FactsInput, readFacts } from './read-facts.ts';
import { beginStep, endStep, recordedStep, type StepPlace } from './step-record.ts';
import { type CutoverAction, type CutoverFacts, type CutoverGoal, nextAction } from './transition.ts';

export interface CutoverInput extends FactsInput {
  readonly goal: CutoverGoal;
  /** How long the gates may take to become green. */
  readonly readyWithinMs: number;
  /** From the beginning of the attempt to the opening; passed, the attempt is undone. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly onAction?: (action: CutoverAction, facts: CutoverFacts) => void;
}

const POLL_MS = 5;
const PREPARE_MS = 3_000;
const WAITS = { wait_drain: 'drain', wait_verify: 'verify' } as const;

// Invariant: I65
export async function runCutover(input: CutoverInput): Promise<CutoverFacts> {
  const run = new CutoverRun(input);
  try {
    return await run.laps(input.goal);
  } catch (error) {
    // Only what is under way is undone; whoever has opened PostgreSQL has nothing left to undo.
    const { phase } = await readLive(input.pool, input.g.migration);
    if (input.goal !== 'undo' && (phase === 'switching' || phase === 'returning' || phase === 'following')) await run.laps('undo');
    throw error;
  }
}

class CutoverRun {
  private readonly input: CutoverInput;
  private readonly began = performance.now();
  private attemptBegan: number | null = null;
  private preparedFor = 0n;
  private waiting: { readonly step: string; readonly name: string; readonly place: StepPlace } | undefined;

  constructor(input: CutoverInput) {
    this.input = input;
  }

  async laps(goal: CutoverGoal): Promise<CutoverFacts> {
    for (;;) {
      if (goal !== 'undo') this.input.signal.throwIfAborted();
      const facts = await readFacts(this.input, goal);
      const action = nextAction(goal, facts);
      this.input.onAction?.(action, facts);
      await this.noteWaiting(action, facts);
      if (action.kind === 'done') return facts;
      if (goal !== 'undo') this.checkTime(facts, action);
      await this.perform(action, facts, goal);
    }
  }

  /** What is waited for is a step as well: how long the drain and the comparison took stands in the report. */
  private async noteWaiting(action: CutoverAction, { phase, attempt }: CutoverFacts): Promise<void> {
    const step = WAITS[action.kind as keyof typeof WAITS];
    if (step === this.waiting?.step) return;
    const { pool, g } = this.input;
    const ended = this.waiting;
    if (ended !== undefined) await endStep(pool, ended.place, ended.name, phase === 'switching' || phase === 'returning' ? 'done' : 'failed', {});
    this.waiting = undefined;
    if (step === undefined) return;
    const direction = phase === 'returning' ? 'rollback' : 'cutover';
    const place = { migration: g.migration, attempt, direction } as const;
    const name = `${direction}_${step}`;
    this.waiting = { step, name, place };
    await beginStep(pool, place, name);
    failPoint(`${direction}.${step}.before`);
  }

  private checkTime(facts: CutoverFacts, action: CutoverAction): void {
    if (action.kind === 'wait_gates' && performance.now() - this.began > this.input.readyWithinMs) throw new Failure('CUTOVER_NOT_READY', action.red.join('; '));
    if (facts.phase !== 'switching' && facts.phase !== 'returning') return;
    if (facts.sourceTouched) throw new Failure('FENCE_PASSED', this.input.source.touched() ?? 'SQLite was changed under its fence');
    this.attemptBegan ??= performance.now();
    if (performance.now() - this.attemptBegan > this.input.deadlineMs) throw new Failure('CUTOVER_UNDONE', `attempt ${facts.attempt} was not through within ${this.input.deadlineMs} ms; it stood at ${action.kind}`);
  }

  private async perform(action: CutoverAction, facts: CutoverFacts, goal: CutoverGoal): Promise<void> {
    const { pool, g, contracts, source, work } = this.input;
    const { phase, attempt } = facts;
    // A rollback's fence is lifted once SQLite is the primary again.
    const direction = phase === 'returning' || (goal === 'rollback' && (phase === 'switched' || phase === 'following')) ? 'rollback' : 'cutover';
    const step = <T>(name: string, perform: () => Promise<T> | T, of = attempt): Promise<T> => recordedStep(pool, { migration: g.migration, attempt: of, direction }, name, async () => perform());
    switch (action.kind) {
      case 'arm':
        return step('arm', () => inTransaction(pool, (client) => installReverseCapture(client, g, contracts)));
      case 'begin':
        return void (await step('begin', () => beginAttempt(pool, g, { phase, attempt }, action.to), action.attempt));
      case 'close_gate':
        return this.standReady(facts, step);
      case 'open_gate':
        return step(OPEN_GATE, () => work.gate?.open(action.primary, attempt));
      case 'raise_fence':
        await this.standReady(facts, step);
        return step('fence', () => source.raiseFence(action.attempt));
      case 'store_fence_end':
        return void (await step('fence_end', () => storeFenceEnd(pool, g, attempt, action.end)));
      case 'set_sequences':
        return step('sequences', () => work.setSequences(direction));
      case 'open':
        return void (await step('open', () => openPostgres(pool, g, contracts, attempt)));
      case 'run_switch':
        // Of the cutover whose fence stands, also where an undone rollback has raised the attempt since.
        return step('switch', () => work.runSwitch('cutover', facts.fence.attempt), facts.fence.attempt);
      case 'close_target':
        await this.standReady(facts, step);
        return void (await step('close', () => closePostgres(pool, g, contracts, attempt)));
      case 'decide_following':
        return void (await step(goal === 'rollback' ? 'decide' : 'undo', () => decideFollowing(pool, g, { phase, attempt })));
      case 'reopen':
        return void (await step('undo', () => reopenPostgres(pool, g, contracts, attempt)));
      case 'lift_fence':
        return step('lift', () => source.liftFence(action.attempt));
      case 'refuse':
        throw new Failure('CUTOVER_NOT_READY', action.why === 'LOADING' ? 'the migration is still loading' : 'the migration has ended');
      case 'alarm':
        return this.alarm(facts);
      default:
        await sleep(POLL_MS);
    }
  }

  /**
   * Just before a side is closed. What can be done while the application still writes is done first: it waits for as short
   * as can be. The gate is closed by each command anew: an application that saw the one before end may have opened it.
   */
  private async standReady({ phase, attempt }: CutoverFacts, step: (name: string, perform: () => Promise<void> | undefined) => Promise<unknown>): Promise<void> {
    if (this.preparedFor === attempt) return;
    const { gate } = this.input.work;
    await step('prepare', async () => void (await Promise.all([gate?.ready(), this.prepare(attempt)])));
    if (gate !== null) await step(CLOSE_GATE, () => gate.close(phase === 'returning' ? 'postgresql' : 'sqlite', attempt));
    this.preparedFor = attempt;
  }

  /** Before anybody is kept from writing; what is not ready by then is waited for under the fence. */
  private async prepare(attempt: bigint): Promise<void> {
    for (const until = performance.now() + PREPARE_MS; performance.now() < until && !(await this.input.work.prepared(attempt)); ) await sleep(POLL_MS);
  }

  /** A controller that was stopped between its two readings sees this too: only the same row, read again, makes it true. */
  private async alarm({ phase, attempt }: CutoverFacts): Promise<void> {
    const now = await readLive(this.input.pool, this.input.g.migration);
    if (now.phase === phase && now.attempt === attempt) throw new Failure('FENCE_PASSED', 'PostgreSQL is the primary, and the fence of SQLite is gone: keep every application off SQLite');
  }
}
