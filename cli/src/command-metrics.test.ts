import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { CommandMetrics } from './command-metrics.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-command-metrics-'));
  file = join(folder, 'verify.prom');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(args: readonly string[], code: number, steps: Readonly<Record<string, number>> = {}): Promise<void> {
  const metrics = new CommandMetrics(folder);
  const program = new Command().exitOverride();
  for (const name of ['verify', 'status']) program.command(name).action(() => {
    for (const [step, seconds] of Object.entries(steps)) metrics.took(step, seconds);
  });
  metrics.watch(program);
  await program.parseAsync(['node', 'causeway', ...args]);
  await metrics.write(code);
}

const value = (name: string): number | undefined => {
  const line = readFileSync(file, 'utf8').split('\n').find((candidate) => candidate.startsWith(`causeway_command_${name}{`));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
};

test('a run leaves its end, its length, its code and its steps; a failed one keeps the time of the last success', async () => {
  await run(['verify', '--metrics-file', file], 1);
  expect([value('exit_code'), value('last_success_timestamp_seconds')]).toEqual([1, undefined]);
  await run(['verify', '--metrics-file', file], 0, { verify: 2.5 });
  const success = value('last_success_timestamp_seconds') as number;
  expect(Math.abs(success - Date.now() / 1000)).toBeLessThan(60);
  expect([value('exit_code'), value('step_seconds'), (value('duration_seconds') as number) > 0]).toEqual([0, 2.5, true]);
  await run(['verify', '--metrics-file', 'verify.prom'], 3);
  expect([value('exit_code'), value('last_success_timestamp_seconds'), value('step_seconds')]).toEqual([3, success, undefined]);
  expect(readdirSync(folder)).toEqual(['verify.prom']);
});

test('without the option nothing is written; other commands do not have it; a folder that is not there is a failure with a remedy', async () => {
  await run(['verify'], 0);
  expect(readdirSync(folder)).toEqual([]);
  await expect(run(['status', '--metrics-file', file], 0)).rejects.toThrow(/unknown option/);
  await expect(run(['verify', '--metrics-file', join(folder, 'none', 'x.prom')], 0)).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
});
