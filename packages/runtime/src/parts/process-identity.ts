/** Who a process is: its number alone is used again after it has ended, so the time of its start belongs to it. */
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Ticks since boot on Linux; empty where it cannot be had. */
  readonly started: string;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, started: startOf(pid) };
}

export function isAlive(identity: ProcessIdentity): boolean {
  if (!(identity.pid > 0)) return false;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return identity.started === '' || startOf(identity.pid) === identity.started;
}

/** Field 22 of /proc/PID/stat; the name before it is in brackets and may hold spaces. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is dead: only its parent has not asked for it yet.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
