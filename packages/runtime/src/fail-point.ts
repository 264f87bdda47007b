/**
 * Places where a test may end or stop this process: `FAILPOINT=name:action[@n][>other]`, several separated by commas. Off, and
 * free, without the variable. Actions: `exit9` (as kill −9), `stop` (SIGSTOP), `throw`, `delay` (1 s). `@n`: the n-th time;
 * `>other`: counted from when the point `other` has acted in this process.
 */
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

interface Armed {
  readonly action: string;
  remaining: number;
  readonly behind: string | undefined;
}

const armed = parse(process.env.FAILPOINT ?? '');
/** A file that gets one line for every point that is passed, and one with `!` before its name when it acts. */
const trace = process.env.FAILPOINT_TRACE;
/** A folder in which each point leaves a file when it acts: a process that is started again does not act there again. */
const once = process.env.FAILPOINT_ONCE;
const acted = new Set<string>();

function parse(text: string): Map<string, Armed> {
  const points = new Map<string, Armed>();
  for (const entry of text.split(',').filter((part) => part !== '')) {
    const [, name, action, n, behind] = /^([^:]+):(exit9|stop|throw|delay)(?:@(\d+))?(?:>(.+))?$/.exec(entry) ?? [];
    if (name === undefined || action === undefined) throw new Error(`FAILPOINT is not name:action[@n][>other]: ${entry}`);
    points.set(name, { action, remaining: Number(n ?? 1), behind });
  }
  return points;
}

/** Names are `service.step`, in snake_case; each stands at a durable step. */
export function failPoint(name: string): void {
  if (trace !== undefined) appendFileSync(trace, `${name}\n`);
  const point = armed.get(name);
  if (point === undefined || (point.behind !== undefined && !acted.has(point.behind))) return;
  if (--point.remaining !== 0 || actedBefore(name)) return;
  acted.add(name);
  if (trace !== undefined) appendFileSync(trace, `!${name}\n`);
  switch (point.action) {
    case 'exit9':
      process.kill(process.pid, 'SIGKILL');
      break;
    case 'stop':
      process.kill(process.pid, 'SIGSTOP');
      break;
    case 'throw':
      throw new Error(`fail point ${name}`);
    default:
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  }
}

function actedBefore(name: string): boolean {
  if (once === undefined) return false;
  try {
    closeSync(openSync(join(once, name), 'wx'));
    return false;
  } catch {
    return true;
  }
}
