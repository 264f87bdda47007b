/**
 * The application's own gate, behind one program that is started before anything is closed and stays until the attempt is
 * over: requests wait for what it does, and not for its start. It is told lines and answers each with one:
 *
 *     (once it can answer)            ready
 *     close sqlite 3                  done  |  failed WHY
 *     open postgresql 3               done  |  failed WHY
 *
 * The end of its input is the end of this command, whatever ended it.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Failure } from '@causeway/contracts/failures';
import type { ApplicationGate } from '@causeway/control/cutover/cutover-sides';
import { endGroup } from './end-group.ts';
import type { GateCommand } from './gate-command.ts';

/** For a program that goes on although its input has ended. */
const END_MS = 2_000;

/** Not ended by the signal that ends this command: what was closed is opened again on the way out. */
export function processGate(options: GateCommand, migration: string): ApplicationGate {
  const program = new GateProgram(options, migration);
  return {
    ready: () => program.ready(),
    close: (primary, attempt) => program.tell('close', `close ${primary} ${attempt}`),
    open: (primary, attempt) => program.tell('open', `open ${primary} ${attempt}`),
    end: () => program.end(),
  };
}

interface Answering {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** The next line, or null at its end. */
  readonly next: () => Promise<string | null>;
}

class GateProgram {
  private readonly options: GateCommand;
  private readonly migration: string;
  private running: Answering | undefined;

  constructor(options: GateCommand, migration: string) {
    this.options = options;
    this.migration = migration;
  }

  /** Started anew where it has ended: what was closed must be opened. */
  async ready(): Promise<void> {
    if (this.running !== undefined) return;
    const running = this.start();
    const line = await this.answer('ready', running);
    if (line !== 'ready') this.refuse('ready', running, `${line === null ? 'has ended' : `said ${JSON.stringify(line.slice(0, 200))}`} and was not ready`);
    this.running = running;
    running.child.once('exit', () => {
      if (this.running === running) this.running = undefined;
    });
  }

  async tell(gate: 'close' | 'open', line: string): Promise<void> {
    const before = this.running;
    await this.ready();
    const running = this.running as Answering;
    running.child.stdin.write(`${line}\n`);
    const answer = await this.answer(gate, running);
    if (answer === 'done') return;
    // It had ended since it was ready, perhaps without having done anything: both calls may be repeated.
    if (answer === null && running === before) return this.tell(gate, line);
    if (answer?.startsWith('failed ')) throw new Failure('GATE_FAILED', `${gate}: ${answer.slice('failed '.length)}`);
    this.refuse(gate, running, answer === null ? 'has ended' : `said ${JSON.stringify(answer.slice(0, 200))}, which is no answer`);
  }

  end(): void {
    const child = this.running?.child;
    this.running = undefined;
    if (child === undefined) return;
    child.stdin.end();
    const patience = setTimeout(() => child.pid !== undefined && endGroup(child.pid), END_MS);
    child.once('exit', () => clearTimeout(patience));
  }

  private start(): Answering {
    // A group of its own: at the deadline the shell and what it has started end together.
    const child = spawn(this.options.command, { shell: true, detached: true, stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, CAUSEWAY_GATE: 'serve', CAUSEWAY_MIGRATION: this.migration, CAUSEWAY_PID: String(process.pid), CAUSEWAY_DEADLINE: String(this.options.deadlineMs / 1_000) } });
    // That it has gone is seen by the end of its output.
    child.stdin.on('error', () => {});
    child.on('error', () => child.stdout.destroy());
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { child, next: async () => ((line) => (line.done === true ? null : line.value))(await lines.next()) };
  }

  /** A program that does not answer in time is ended: nobody knows what it would do later. */
  private async answer(gate: string, running: Answering): Promise<string | null> {
    const { deadlineMs } = this.options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), deadlineMs);
    });
    const line = await Promise.race([running.next(), late]);
    clearTimeout(timer);
    if (line === undefined) return this.refuse(gate, running, `was not through within ${deadlineMs} ms`);
    if (line === null && this.running === running) this.running = undefined;
    return line;
  }

  private refuse(gate: string, running: Answering, why: string): never {
    if (this.running === running) this.running = undefined;
    if (running.child.pid !== undefined && running.child.exitCode === null) endGroup(running.child.pid);
    throw new Failure('GATE_FAILED', `${gate}: ${this.options.command} ${why}`);
  }
}
