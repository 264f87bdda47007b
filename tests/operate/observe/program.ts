/** A real program of this machine, started for a test and ended by its id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '@causeway/runtime/parts/find-program';

export interface ProgramOptions {
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Answers with 200 once it is ready. */
  readonly readyUrl?: string;
}

export class Program {
  readonly child: ChildProcess;
  private output = '';

  private constructor(child: ChildProcess) {
    this.child = child;
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk).slice(-8_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  }

  static async start(name: string, { args, environment = {}, readyUrl }: ProgramOptions): Promise<Program> {
    const path = findProgram(name, process.env);
    if (path === undefined) throw new Error(`${name} is not on this machine: bash .ci/run says which packages the tests need`);
    const program = new Program(spawn(path, [...args], { env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] }));
    if (readyUrl !== undefined) await program.until(readyUrl);
    return program;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise<void>((done) => this.child.once('exit', () => done()));
    this.child.kill('SIGTERM');
    const force = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(force);
  }

  private async until(url: string): Promise<void> {
    for (const end = performance.now() + 30_000; performance.now() < end; await sleep(100)) {
      if (this.child.exitCode !== null) break;
      if (await fetch(url).then((answer) => answer.ok, () => false)) return;
    }
    throw new Error(`${this.child.spawnfile} did not come up: ${this.output}`);
  }
}
