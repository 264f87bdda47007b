/** What was broken when, counted over the runs: only what was really injected. */
import { KILLED, LOST_ANSWERS, type Moment } from './draw-plan.ts';
import type { RunOutcome } from './run-plan.ts';

const MOMENTS: readonly Moment[] = ['loading', 'following', 'cutover', 'switched', 'rollback', 'returned', 'second cutover', 'switched again'];

export function matrixText(outcomes: readonly RunOutcome[]): string {
  const injected = outcomes.flatMap((o) => o.injected);
  const line = (name: string, cells: readonly (string | number)[]): string => `| ${name.padEnd(15)} | ${cells.map((c, i) => String(c).padStart((MOMENTS[i] as string).length)).join(' | ')} |`;
  const rows = [...KILLED, ...LOST_ANSWERS].map((victim) => line(victim, MOMENTS.map((moment) => injected.filter((f) => f.victim === victim && f.moment === moment).length)));
  const points = injected.filter((f) => f.failPoint !== undefined).length;
  const faults = outcomes.reduce((n, o) => n + o.plan.faults.length, 0);
  return [line('broken', MOMENTS), line('', MOMENTS.map((m) => '-'.repeat(m.length))), ...rows, `${injected.length} of ${faults} faults injected, ${points} of them at fail points; ${outcomes.reduce((n, o) => n + o.acknowledged, 0)} writes acknowledged`].join('\n');
}
