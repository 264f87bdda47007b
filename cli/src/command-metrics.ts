/**
 * What a command leaves for Prometheus: a command ends before anybody could scrape it, so it writes a file for the textfile
 * collector of node_exporter. One file a command; the time of the last success stays when a later run fails.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { metricName } from '@causeway/contracts/metric-names';
import { Failure } from '@causeway/contracts/failures';
import { MetricSet } from '@causeway/runtime/observe/metric-set';
import type { Command } from 'commander';
import { Registry } from 'prom-client';

/** Commands that do work whose end somebody may want to be told of. `backup` has such a file of its own kind. */
const COMMANDS = ['migrate', 'verify', 'cutover', 'rollback', 'complete', 'repair'];

export class CommandMetrics {
  private readonly began = performance.now();
  private readonly steps: Record<string, number> = {};
  private command: string | undefined;
  private file: string | undefined;
  private readonly cwd: string;

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  /** Gives these commands the option, and notes which one runs. */
  watch(program: Command): void {
    for (const command of program.commands.filter((c) => COMMANDS.includes(c.name()))) {
      command.option('--metrics-file <file>', 'write how it ended as metrics, for the textfile collector of node_exporter');
    }
    program.hook('preAction', (_, action) => {
      const { metricsFile } = action.opts() as { metricsFile?: string };
      if (!COMMANDS.includes(action.name())) return;
      this.command = action.name();
      this.file = metricsFile === undefined ? undefined : resolve(this.cwd, metricsFile);
    });
  }

  took(step: string, seconds: number): void {
    this.steps[step] = seconds;
  }

  /** Written whole under another name first: a reader never sees half of it. */
  async write(code: number): Promise<void> {
    const { file, command } = this;
    if (file === undefined || command === undefined) return;
    try {
      const text = await this.text(command, code, file);
      writeFileSync(`${file}.part`, text, { mode: 0o644 });
      renameSync(`${file}.part`, file);
    } catch (cause) {
      throw new Failure('STATE_UNUSABLE', `${file}: ${(cause as NodeJS.ErrnoException).code ?? 'cannot be written'}`, { cause });
    }
  }

  private async text(command: string, code: number, file: string): Promise<string> {
    const metrics = new MetricSet(new Registry());
    const now = Date.now() / 1000;
    metrics.gauge('command_last_run_timestamp_seconds').set({ command }, now);
    const success = code === 0 ? now : lastSuccess(file, command);
    if (success !== null) metrics.gauge('command_last_success_timestamp_seconds').set({ command }, success);
    metrics.gauge('command_duration_seconds').set({ command }, (performance.now() - this.began) / 1000);
    metrics.gauge('command_exit_code').set({ command }, code);
    const step = metrics.gauge('command_step_seconds');
    for (const [name, seconds] of Object.entries(this.steps)) step.set({ command, step: name }, seconds);
    return metrics.registry.metrics();
  }
}

/** As the run before has written it; null where there was none. */
function lastSuccess(file: string, command: string): number | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  const start = `${metricName('command_last_success_timestamp_seconds')}{command="${command}"} `;
  const line = text.split('\n').find((candidate) => candidate.startsWith(start));
  return line === undefined ? null : Number(line.slice(start.length));
}
