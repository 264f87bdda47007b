import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commandGate } from './gate-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gate '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('one command closes and opens, and is told all that it needs', async () => {
  const file = join(folder, 'told');
  const gate = commandGate({ command: `echo "$CAUSEWAY_GATE $CAUSEWAY_PRIMARY $CAUSEWAY_MIGRATION $CAUSEWAY_ATTEMPT $CAUSEWAY_PID $CAUSEWAY_DEADLINE" >> '${file}'`, stays: false, deadlineMs: 10_000 }, 'm');
  await gate.close('sqlite', 3n);
  await gate.open('postgresql', 3n);
  expect(readFileSync(file, 'utf8')).toBe(`close sqlite m 3 ${process.pid} 10\nopen postgresql m 3 ${process.pid} 10\n`);
});

test('a command that fails, or that is not there, says which side of the gate it was', async () => {
  await expect(commandGate({ command: 'exit 7', stays: false, deadlineMs: 10_000 }, 'm').close('sqlite', 1n)).rejects.toMatchObject({ code: 'GATE_FAILED', message: 'close: exit 7 ended with 7' });
  await expect(commandGate({ command: 'no-such-command-of-anybody', stays: false, deadlineMs: 10_000 }, 'm').open('sqlite', 1n)).rejects.toMatchObject({ code: 'GATE_FAILED' });
});

test('at the deadline the command ends, and what it has started ends with it', async () => {
  const alive = join(folder, 'alive');
  const gate = commandGate({ command: `(sleep 1; touch '${alive}') & wait`, stays: false, deadlineMs: 100 }, 'm');
  await expect(gate.close('sqlite', 1n)).rejects.toMatchObject({ code: 'GATE_FAILED', message: expect.stringContaining('within 100 ms') });
  await sleep(1_500);
  expect(existsSync(alive)).toBe(false);
});
