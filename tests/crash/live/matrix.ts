/** What was broken when, counted over the runs: only what was really injected. */
import { DISKS, DOUBLES, type Fault, KILLED, LOST_ANSWERS, type Moment, NETWORK, OTHERS, SERVICES } from './draw-plan.ts';
import type { RunOutcome } from './run-plan.ts';

const MOMENTS: readonly Moment[] = ['loading', 'following', 'cutover', 'switched', 'rollback', 'returned', 'second cutover', 'switched again'];

const ROWS: readonly (readonly [name: string, is: (fault: Fault) => boolean])[] = [
  ...KILLED.map((victim) => [victim, (f: Fault) => f.victim === victim && f.stopMs === undefined && f.asked !== true] as const),
  ...[...LOST_ANSWERS, ...OTHERS, ...DOUBLES, ...NETWORK, ...DISKS, 'clock'].map((victim) => [victim, (f: Fault) => f.victim === victim] as const),
  ['stopped a while', (f) => f.stopMs !== undefined && [...SERVICES, 'switch'].includes(f.victim)],
  ['asked to end', (f) => f.asked === true],
];
const WIDTH = Math.max(...ROWS.map(([name]) => name.length));

export function matrixText(outcomes: readonly RunOutcome[]): string {
  const injected = outcomes.flatMap((o) => o.injected);
  const line = (name: string, cells: readonly (string | number)[]): string => `| ${name.padEnd(WIDTH)} | ${cells.map((c, i) => String(c).padStart((MOMENTS[i] as string).length)).join(' | ')} |`;
  const rows = ROWS.map(([name, is]) => line(name, MOMENTS.map((moment) => injected.filter((f) => is(f) && f.moment === moment).length)));
  return [line('broken', MOMENTS), `|${'-'.repeat(WIDTH + 2)}|${MOMENTS.map((m) => `${'-'.repeat(m.length + 1)}:|`).join('')}`, ...rows].join('\n');
}

export function matrixSums(outcomes: readonly RunOutcome[]): string {
  const injected = outcomes.flatMap((o) => o.injected);
  const sum = (of: (o: RunOutcome) => number): number => outcomes.reduce((n, o) => n + of(o), 0);
  const points = injected.filter((f) => f.failPoint !== undefined).length;
  return `${injected.length} of ${sum((o) => o.plan.faults.length)} faults injected, ${points} of them at fail points; ${sum((o) => o.acknowledged)} writes acknowledged; ${sum((o) => o.snapshots ?? 0)} snapshots of PostgreSQL judged while it ran`;
}
