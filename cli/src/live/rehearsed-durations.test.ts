import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keepRehearsal, rehearsedDurations } from './rehearsed-durations.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-rehearsed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const step = (name: string, ms: number, state = 'done'): { step: string; state: string; ms: number } => ({ step: name, state, ms });

test('the longest that was done of each step', () => {
  keepRehearsal(join(folder, 'new'), { switches: [{ steps: [step('cutover_fence', 12), step('cutover_drain', 90)] }, { steps: [step('cutover_fence', 15.5), step('cutover_drain', 4_000, 'failed')] }] });
  expect([...rehearsedDurations(join(folder, 'new'))]).toEqual([['cutover_fence', 15.5], ['cutover_drain', 90]]);
});

test.each(['', '{', '[]', '{"switches":7}', '{"switches":[{}]}', 'null'])('a file that holds %j says nothing', (text) => {
  writeFileSync(join(folder, 'rehearsal.json'), text);
  expect([...rehearsedDurations(folder)]).toEqual([]);
});
