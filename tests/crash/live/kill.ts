/** Finds processes by who started them; only descendants of this suite are ever killed. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function processes(): Listed[] {
  return execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 })
    .split('\n')
    .flatMap((line) => {
      const m = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
      return m === null ? [] : [{ pid: Number(m[1]), parent: Number(m[2]), command: m[3] as string }];
    });
}

/** Pid of a service that this command has started. */
export function serviceOf(command: number, service: string): number | undefined {
  return processes().find((p) => p.parent === command && p.command.includes(`services/${service}/dist/main.js`))?.pid;
}

/** False where it has gone by itself. */
export function killNow(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** Stops a process for a while, as a machine that is suspended; false where it has gone. */
export async function pauseFor(pid: number | undefined, ms: number): Promise<boolean> {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 'SIGSTOP');
    await sleep(ms);
    process.kill(pid, 'SIGCONT');
    return true;
  } catch {
    return false;
  }
}

/** Another process of the same program with the same environment; null where the system does not show it. */
export function secondOf(pid: number): ChildProcess | null {
  try {
    const environment = Object.fromEntries(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').flatMap((entry) => (entry.includes('=') ? [[entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]] : [])));
    const [program, ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter((part) => part !== '');
    // Not a child of the command: no channel to it, and no fail points.
    const { NODE_CHANNEL_FD: _, FAILPOINT: __, ...rest } = environment as Record<string, string>;
    return spawn(program as string, args, { env: { ...rest, CAUSEWAY_GROUP_SUFFIX: `second${pid}` }, stdio: 'ignore' });
  } catch {
    return null;
  }
}

/** The broker whose settings lie in this folder. */
export function killBroker(folder: string): void {
  killNow(processes().find((p) => p.command.includes('kafka.Kafka') && p.command.includes(folder) && !p.command.includes('keeper'))?.pid);
}
