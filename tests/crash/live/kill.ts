/** Finds processes by who started them; only descendants of this suite are ever killed. */
import { execFileSync } from 'node:child_process';

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

/** The broker whose settings lie in this folder. */
export function killBroker(folder: string): void {
  killNow(processes().find((p) => p.command.includes('kafka.Kafka') && p.command.includes(folder) && !p.command.includes('keeper'))?.pid);
}
