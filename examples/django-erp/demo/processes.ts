/** Processes of the demo: started with a log of their own, ended in order, and asked for one JSON object where they give one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Started {
  readonly name: string;
  readonly child: ChildProcess;
  readonly log: string;
}

export interface Command {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const PATIENCE_MS = 40_000;

/** `group`: of its own, so that all that it starts can be killed with it. */
export function start({ name, command, args, cwd, env }: Command, log: string, group = false): Started {
  const file = openSync(log, 'w');
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', file, file], detached: group });
  closeSync(file);
  child.once('error', () => {});
  return { name, child, log };
}

export const hasEnded = ({ child }: Started): boolean => child.exitCode !== null || child.signalCode !== null;

/** By the signal that lets it finish what it does; killed where it does not. */
export async function end(started: Started): Promise<void> {
  if (hasEnded(started)) return;
  const gone = new Promise<void>((resolve) => started.child.once('exit', () => resolve()));
  started.child.kill('SIGTERM');
  const killed = setTimeout(() => started.child.kill('SIGKILL'), PATIENCE_MS);
  await gone;
  clearTimeout(killed);
}

/** Its standard output; throws with the end of what it said on the other one. */
export async function run({ name, command, args, cwd, env }: Command): Promise<string> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${lastLines(`${out}\n${said}`)}`);
  return out;
}

export function lastLines(text: string): string {
  return text.trim().split('\n').slice(-15).join('\n');
}

export async function untilListening(started: Started, port: number): Promise<void> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until && !hasEnded(started); await sleep(100)) if (await listens(port)) return;
  throw new Error(`${started.name} does not listen:\n${lastLines(readFileSync(started.log, 'utf8'))}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}
