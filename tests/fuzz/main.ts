/** The fuzzer of the live path. `--help` says what it takes; its last line is `N cases, ... , N not as they must be`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawCase } from './capture/draw-case.ts';
import { runCase } from './capture/run-case.ts';
import { shrinkCase } from './capture/shrink-case.ts';
import { readOptions } from './options.ts';
import { wholeWay } from './whole/main.ts';

const options = readOptions();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const sums = { statements: 0, changedKeys: 0, refused: 0, bad: 0, cases: 0, inherent: 0 };
const refusals = new Map<string, number>();
const kinds = new Map<string, number[]>();
const began = performance.now();
let interrupted = false;
process.once('SIGINT', () => {
  interrupted = true;
});
if (options.whole) process.exit((await wholeWay(options, say, () => interrupted)) > 0 ? 1 : 0);
const folder = mkdtempSync(join(tmpdir(), 'causeway-fuzz-'));
try {
  for (let seed = options.seed; seed < options.seed + options.runs && !interrupted; seed++) {
    const drawn = drawCase(seed);
    const { problem, refused, statements, changedKeys, inherent = false } = runCase(drawn, folder);
    sums.cases++;
    sums.statements += statements;
    sums.changedKeys += changedKeys;
    if (inherent) sums.inherent++;
    if (refused !== null) refusals.set(refused, (refusals.get(refused) ?? 0) + 1);
    if (problem === null) continue;
    sums.bad++;
    const seen = kinds.get(problem.kind) ?? [];
    kinds.set(problem.kind, [...seen, seed]);
    if (seen.length >= options.shown) continue;
    const { ddl, fill, work, change, fenced, options: application } = shrinkCase(drawn, problem.kind, folder);
    const least = runCase({ seed, ddl, fill, work, change, fenced, options: application }, folder).problem;
    say(`seed ${seed}: ${problem.kind}\n${JSON.stringify({ application, ddl, fill, work, change, fenced }, null, 1)}\n${least?.detail ?? problem.detail}\n`);
    // An event loop that never turns would not notice Ctrl-C.
    await new Promise((turn) => setImmediate(turn));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const [kind, seeds] of kinds) say(`${kind}: ${seeds.length}, seeds ${seeds.slice(0, 20).join(', ')}`);
for (const [code, times] of refusals) say(`refused by ${code}: ${times}`);
if (sums.inherent > 0) say(`${sums.inherent} where any trigger, also one that does nothing, makes SQLite visit rows or check types in another order`);
say(`${sums.cases} cases in ${((performance.now() - began) / 1000).toFixed(0)} s, ${sums.statements} statements, ${sums.changedKeys} changed keys, ${sums.bad} not as they must be`);
process.exitCode = sums.bad > 0 ? 1 : 0;
