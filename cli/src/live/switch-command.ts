/** Runs the owner's own switch: whatever makes the application use the other side. */
import { spawn } from 'node:child_process';
import { Failure } from '@causeway/contracts/failures';

export interface SwitchEnvironment {
  readonly primary: 'sqlite' | 'postgresql';
  readonly migration: string;
  readonly attempt: bigint;
  readonly signal: AbortSignal;
}

/** Through the shell, its output to stderr; throws SWITCH_FAILED. */
export async function runSwitchCommand(command: string, { primary, migration, attempt, signal }: SwitchEnvironment): Promise<void> {
  const child = spawn(command, { shell: true, stdio: ['ignore', 2, 2], signal, env: { ...process.env, CAUSEWAY_PRIMARY: primary, CAUSEWAY_MIGRATION: migration, CAUSEWAY_ATTEMPT: String(attempt) } });
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once('error', (cause) => reject(new Failure('SWITCH_FAILED', `${command}: ${cause.message}`, { cause })));
    child.once('exit', (status, killed) => resolve(status ?? killed ?? 'unknown'));
  });
  if (code !== 0) throw new Failure('SWITCH_FAILED', `${command} ended with ${code}`);
}
