/** Runs a program to its end and returns what it said. Nothing goes through a shell. */
import { spawn } from 'node:child_process';
import type { Environment } from './local-part.ts';

export interface ProgramRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

export interface ProgramResult {
  /** null: it could not be started or was ended by a signal. */
  readonly code: number | null;
  /** Standard output and error together, in the order of arrival. */
  readonly output: string;
}

export function runProgram(run: ProgramRun): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(run.command, [...run.args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: run.environment as NodeJS.ProcessEnv,
      signal: run.signal,
      killSignal: 'SIGTERM',
      ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
      ...(run.uid === undefined ? {} : { uid: run.uid }),
      ...(run.gid === undefined ? {} : { gid: run.gid }),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    // An abort is told here at once, but the program still writes for a moment: only its end frees its folder.
    let trouble: Error | undefined;
    child.once('error', (error) => {
      trouble = error;
      if (child.pid === undefined) resolve({ code: null, output: error.message });
    });
    child.once('close', (code) => {
      if (run.signal.aborted) reject(run.signal.reason);
      else resolve({ code, output: `${output}${trouble?.message ?? ''}` });
    });
  });
}

/** The last lines, for an error message. */
export function lastLines(output: string, count = 3): string {
  return output.trim().split('\n').slice(-count).join(' | ');
}
