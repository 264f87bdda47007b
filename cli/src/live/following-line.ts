/** One line about a live migration, told while it runs in the foreground. */
import type { LiveStatus } from '@causeway/control/cutover/live-status';

const WRITERS = { sqlite: 'SQLite is authoritative', postgresql: 'PostgreSQL is authoritative', nobody: 'both sides are closed for the switch' } as const;

export function followingLine(status: LiveStatus | null): string {
  if (status === null) return 'the migration is gone';
  const validator = status.services.find((s) => s.name === 'validator' && s.alive)?.state;
  const told = (name: string): string => {
    const value = validator?.[name];
    return value === undefined || value === null ? 'unknown' : String(value);
  };
  const facts = [
    `${status.phase}${status.dualWrite ? ' (dual write)' : ''}: ${WRITERS[status.authoritative]}`,
    `applied to ${status.applied}${status.catchingUp ? ', catching up' : ''}`,
    `${told('lagChanges')} changes behind`,
    `verified to ${told('verifiedTo')}, ${told('passes')} passes`,
    `${status.divergences} divergences`,
    ...(status.backProblems.length === 0 ? [] : [`way back: ${status.backProblems.length} problems`]),
    ...status.services.filter((s) => !s.alive).map((s) => `${s.name} is down`),
  ];
  return facts.join(' · ');
}
