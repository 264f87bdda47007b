/**
 * Places where a test may end or stop this process: `FAILPOINT=name:action[@n]`, several separated by commas. Off, and
 * free, without the variable. Actions: `exit9` (as kill −9), `stop` (SIGSTOP), `throw`, `delay` (1 s).
 */
import { appendFileSync } from 'node:fs';

interface Armed {
  readonly action: string;
  remaining: number;
}

const armed = parse(process.env.FAILPOINT ?? '');
/** A file that gets one line for every point that is passed: a clean run's list of them. */
const trace = process.env.FAILPOINT_TRACE;

function parse(text: string): Map<string, Armed> {
  const points = new Map<string, Armed>();
  for (const entry of text.split(',').filter((part) => part !== '')) {
    const [, name, action, n] = /^([^:]+):(exit9|stop|throw|delay)(?:@(\d+))?$/.exec(entry) ?? [];
    if (name === undefined || action === undefined) throw new Error(`FAILPOINT is not name:action[@n]: ${entry}`);
    points.set(name, { action, remaining: Number(n ?? 1) });
  }
  return points;
}

/** Names are `service.step`, in snake_case; each stands at a durable step. */
export function failPoint(name: string): void {
  if (trace !== undefined) appendFileSync(trace, `${name}\n`);
  const point = armed.get(name);
  if (point === undefined || --point.remaining !== 0) return;
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
