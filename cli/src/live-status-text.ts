/** The lines of `status` about a live migration. */
import type { LiveStatus } from '@causeway/control/cutover/live-status';

const SIDES = { sqlite: 'SQLite is authoritative', postgresql: 'PostgreSQL is authoritative', nobody: 'both sides are closed or about to be' } as const;

export function liveStatusText(live: LiveStatus): string {
  const lines = [`${live.phase}${live.dualWrite ? ' (dual write)' : ''}: ${SIDES[live.authoritative]}; attempt ${live.attempt}, applied to ${live.applied}${live.catchingUp ? ', catching up' : ''}, ${live.divergences} open divergences`];
  if (live.services.length === 0) lines.push('services: none has told anything yet');
  for (const s of live.services) lines.push(`${s.name}: ${s.alive ? 'alive' : 'down'}, last heard ${s.secondsSinceBeat} s ago`);
  for (const alarm of live.alarms) lines.push(`ALARM: ${alarm}`);
  for (const problem of live.backProblems) lines.push(`way back: ${problem}`);
  if (live.backComputed > 0) lines.push(`way back: ${live.backComputed} rows with generated columns that SQLite computes otherwise; PostgreSQL gets its values after a rollback`);
  for (const s of live.steps.filter((step) => step.attempt === live.attempt)) lines.push(`step ${s.step}: ${s.state}, ${s.ms} ms`);
  return lines.map((line) => `  ${line}\n`).join('');
}
