/** The application's own gate, behind one command: `close` before anything is fenced, `open` when it is over. */
import { spawn } from 'node:child_process';
import { Failure } from '@causeway/contracts/failures';
import type { ApplicationGate } from '@causeway/control/cutover/cutover-sides';
import { endGroup } from './end-group.ts';

export interface GateCommand {
  readonly command: string;
  /** It is one program from before the closing to the end of the attempt, and not one run for each. */
  readonly stays: boolean;
  /** How long one run may take, in milliseconds. */
  readonly deadlineMs: number;
}

/** Not ended by the signal that ends this command: what was closed is opened again on the way out. */
export function commandGate({ command, deadlineMs }: GateCommand, migration: string): ApplicationGate {
  const run = (gate: 'close' | 'open') => (primary: 'sqlite' | 'postgresql', attempt: bigint) =>
    runGate(command, deadlineMs, {
      CAUSEWAY_GATE: gate,
      CAUSEWAY_PRIMARY: primary,
      CAUSEWAY_MIGRATION: migration,
      CAUSEWAY_ATTEMPT: String(attempt),
      // Whoever waits at the gate can see that nobody will come to open it.
      CAUSEWAY_PID: String(process.pid),
      CAUSEWAY_DEADLINE: String(deadlineMs / 1_000),
    });
  return { ready: async () => {}, close: run('close'), open: run('open'), end: () => {} };
}

async function runGate(command: string, deadlineMs: number, environment: Readonly<Record<string, string>>): Promise<void> {
  // A group of its own: at the deadline the shell and what it has started end together.
  const child = spawn(command, { shell: true, detached: true, stdio: ['ignore', 2, 2], env: { ...process.env, ...environment } });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) endGroup(child.pid);
  }, deadlineMs);
  try {
    const code = await new Promise<number | string>((resolve, reject) => {
      child.once('error', (cause) => reject(new Failure('GATE_FAILED', `${command}: ${cause.message}`, { cause })));
      child.once('exit', (status, killed) => resolve(status ?? killed ?? 'unknown'));
    });
    if (late) throw new Failure('GATE_FAILED', `${environment['CAUSEWAY_GATE']}: ${command} was not through within ${deadlineMs} ms`);
    if (code !== 0) throw new Failure('GATE_FAILED', `${environment['CAUSEWAY_GATE']}: ${command} ended with ${code}`);
  } finally {
    clearTimeout(timer);
  }
}
