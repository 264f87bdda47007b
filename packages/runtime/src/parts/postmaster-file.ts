/** What a running server says about itself in postmaster.pid. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** The server writes: starting, stopping, ready, standby. */
  readonly status: string;
}

/** undefined: no server runs there, or its file is left from one that was killed. */
export function runningPostmaster(dataDir: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  return pid > 0 && isServerOf(pid) ? { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() } : undefined;
}

/** After a restart of the machine the number may be that of another program. */
function isServerOf(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  try {
    return /postgres|postmaster/.test(readFileSync(`/proc/${pid}/comm`, 'latin1'));
  } catch {
    return true;
  }
}
