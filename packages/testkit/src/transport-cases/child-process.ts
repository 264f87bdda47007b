/** Runs the child of a transport test and reads its lines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ChildTask } from './transport-child.ts';

const CHILD = fileURLToPath(new URL('./transport-child.ts', import.meta.url));
const RESOLVER = new URL('../resolve-sources.ts', import.meta.url).href;

export class TransportChild {
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  constructor(task: ChildTask) {
    this.child = spawn(process.execPath, ['--import', RESOLVER, CHILD, JSON.stringify(task)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Jest's own flags are not for it.
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => this.lines.push(line));
  }

  async until(condition: (lines: readonly string[]) => boolean, limitMs = 30_000): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!condition(this.lines)) {
      if (this.child.exitCode !== null) throw new Error(`the child ended with ${this.child.exitCode}: ${this.lines.join(' | ')}`);
      if (performance.now() > deadline) throw new Error(`the child said only ${this.lines.join(' | ')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(name);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
