/** What a cutover or a rollback would do now, step by step, with how long each took before or is expected to take. */
import { readSteps } from '@causeway/control/cutover/step-record';
import type { Gate } from '@causeway/control/cutover/gates';
import type pg from 'pg';

export interface NarratedStep {
  readonly step: string;
  readonly does: string;
  /** Null: nobody can say. */
  readonly expectedMs: number | null;
  /** Applications cannot write while it lasts. */
  readonly closed: boolean;
}

export interface Narration {
  readonly goal: 'cutover' | 'rollback';
  readonly gates: readonly Gate[];
  readonly steps: readonly NarratedStep[];
}

/** Milliseconds that a step takes where this migration has neither done it nor was rehearsed, on two cores (docs/live.md). */
const TYPICAL: Readonly<Record<string, number | null>> = { arm: 50, begin: 5, prepare: 300, gate: 300, gate_open: 200, fence: 15, fence_end: 5, drain: 60, verify: 150, sequences: 20, open: 30, switch: null, close: 30, decide: 5, lift: 15 };

const CUTOVER: readonly [step: string, does: string, closed: boolean][] = [
  ['arm', 'install the capture of the way back in PostgreSQL, and wait for its heartbeat in SQLite', false],
  ['begin', 'record the next attempt', false],
  ['prepare', 'wait until little is left to apply and to compare, at most 3 s', false],
  ['gate', 'run the gate command with "close": the application holds its writes and ends those in flight', true],
  ['fence', 'close SQLite: triggers refuse every write; the transaction in flight ends first', true],
  ['fence_end', "record the end of SQLite's change log", true],
  ['drain', 'apply the log to its end; a marker through the transport proves it', true],
  ['verify', 'compare every row that changed and is not compared yet', true],
  ['sequences', 'set the sequences of PostgreSQL above every id that was given', true],
  ['open', 'open PostgreSQL: the point of no return', true],
  ['switch', "run the owner's switch command, if there is one", false],
  ['gate_open', 'run the gate command with "open": waiting writes go to the new primary', true],
];
const ROLLBACK: readonly [step: string, does: string, closed: boolean][] = [
  ['begin', 'record the next attempt', false],
  ['prepare', 'wait until little is left to compare, at most 3 s', false],
  ['gate', 'run the gate command with "close": the application holds its writes and ends those in flight', true],
  ['close', 'close PostgreSQL: triggers refuse every write; the transactions in flight end first', true],
  ['drain', 'write the rest of its changes to SQLite; a marker through the transport proves it, and sqlite_sequence is raised', true],
  ['verify', 'compare what the way back has written', true],
  ['decide', 'SQLite is the primary again: the point of no return', true],
  ['lift', 'take the fence of SQLite away and restore its triggers', true],
  ['gate_open', 'run the gate command with "open": waiting writes go to the new primary', true],
  ['switch', "run the owner's switch command, if there is one", false],
];

export interface NarrationInput {
  readonly pool: pg.Pool;
  readonly migration: string;
  readonly goal: 'cutover' | 'rollback';
  readonly gates: readonly Gate[];
  readonly withGate: boolean;
  /** Milliseconds by step, for what this migration has never done. */
  readonly rehearsed: ReadonlyMap<string, number>;
}

export async function narrate({ pool, migration, goal, gates, withGate, rehearsed }: NarrationInput): Promise<Narration> {
  const before = new Map([...rehearsed, ...(await readSteps(pool, migration)).filter((s) => s.state === 'done').map((s) => [s.step, s.ms] as const)]);
  const steps = (goal === 'cutover' ? CUTOVER : ROLLBACK).filter(([step]) => withGate || !step.startsWith('gate')).map(([step, does, closed]) => ({ step, does, closed, expectedMs: expected(before.get(`${goal}_${step}`), step) }));
  return { goal, gates, steps };
}

function expected(known: number | undefined, step: string): number | null {
  return known === undefined ? (TYPICAL[step] ?? null) : Math.ceil(known);
}

export function narrationText({ goal, gates, steps }: Narration): string {
  const closed = steps.filter((s) => s.closed).reduce((sum, s) => sum + (s.expectedMs ?? 0), 0);
  return [
    `${goal}: nothing is done, this is what would be.`,
    'Gates:',
    ...gates.map((g) => `  ${g.green ? 'green' : 'RED  '}  ${g.name}: ${g.found}${g.green ? '' : ` — ${g.remedy}`}`),
    'Steps:',
    ...steps.map((s, i) => `  ${String(i + 1).padStart(2)}. ${s.step}${s.closed ? ' (closed)' : ''}: ${s.does}${s.expectedMs === null ? '' : `; about ${s.expectedMs} ms`}`),
    `Applications cannot write for about ${closed} ms.`,
    '',
  ].join('\n');
}
