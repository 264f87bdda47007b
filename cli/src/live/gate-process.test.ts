import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { processGate } from './gate-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gate '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const gateOf = (script: string, deadlineMs = 10_000) => processGate({ command: script, stays: true, deadlineMs }, 'm');
/** Notes its start, what it is told, and its end. */
const noting = (file: string, answer = 'echo done') => `echo "start $CAUSEWAY_GATE $CAUSEWAY_MIGRATION $CAUSEWAY_PID $CAUSEWAY_DEADLINE" >> '${file}'; echo ready; while read line; do echo "$line" >> '${file}'; ${answer}; done; echo end >> '${file}'`;
const lines = (file: string) => readFileSync(file, 'utf8').trim().split('\n');

async function until(true_: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(10)) if (true_()) return;
  throw new Error('it does not come true');
}

test('one program is started before, told both, and ends with the input', async () => {
  const file = join(folder, 'told');
  const gate = gateOf(noting(file));
  await gate.ready();
  expect(lines(file)).toEqual([`start serve m ${process.pid} 10`]);
  await gate.close('sqlite', 3n);
  await gate.open('postgresql', 3n);
  gate.end();
  await until(() => lines(file).at(-1) === 'end');
  expect(lines(file).slice(1)).toEqual(['close sqlite 3', 'open postgresql 3', 'end']);
});

test('what it says that it cannot do is told, and it goes on', async () => {
  const gate = gateOf(noting(join(folder, 'told'), 'case $line in close*) echo "failed process 7 is still at work";; *) echo done;; esac'));
  await expect(gate.close('sqlite', 1n)).rejects.toMatchObject({ code: 'GATE_FAILED', message: 'close: process 7 is still at work' });
  await gate.open('sqlite', 1n);
  gate.end();
});

test('a program that is killed with the gate closed is started again to open it', async () => {
  const file = join(folder, 'told');
  const gate = gateOf(`echo $$ > '${folder}/pid'; ${noting(file)}`);
  await gate.close('sqlite', 1n);
  process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
  await gate.open('postgresql', 1n);
  gate.end();
  expect(lines(file).filter((line) => !line.startsWith('start'))).toEqual(expect.arrayContaining(['close sqlite 1', 'open postgresql 1']));
  expect(lines(file).filter((line) => line.startsWith('start'))).toHaveLength(2);
});

test('a program that never lives long enough to answer is not started for ever', async () => {
  const file = join(folder, 'told');
  const gate = gateOf(`echo start >> '${file}'; echo ready; read line`);
  await gate.ready();
  await expect(gate.close('sqlite', 1n)).rejects.toMatchObject({ code: 'GATE_FAILED', message: expect.stringContaining('has ended') });
  expect(lines(file).length).toBeLessThanOrEqual(2);
});

test.each([['exit 7', 'has ended and was not ready'], ['no-such-command-of-anybody', 'has ended and was not ready'], ['echo hello; sleep 60', 'said "hello" and was not ready'], ["echo ready; read line; echo 'what?'; sleep 60", 'said "what?", which is no answer']])('%s', async (command, told) => {
  await expect(gateOf(command).close('sqlite', 1n)).rejects.toMatchObject({ code: 'GATE_FAILED', message: `${told.includes('no answer') ? 'close' : 'ready'}: ${command} ${told}` });
});

test('at the deadline it ends, and what it has started ends with it', async () => {
  const files = ['early', 'late'].map((name) => join(folder, name));
  const [early, late] = files.map((file, i) => gateOf(`${i === 0 ? '' : 'echo ready; read line;'} (sleep 1; touch '${file}') & wait`, 300).close('sqlite', 1n));
  const told = { code: 'GATE_FAILED', message: expect.stringContaining('within 300 ms') };
  await Promise.all([expect(early).rejects.toMatchObject(told), expect(late).rejects.toMatchObject(told)]);
  await sleep(1_200);
  expect(files.filter((file) => existsSync(file))).toEqual([]);
});
