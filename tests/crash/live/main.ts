/**
 * `npm run test:crash -- --runs N --seed S [--own-servers] [--json FILE]`: N runs, each with a seed of its own (S, S + 1 …)
 * that replays it. Last line: `N runs, N lost, N doubled`. Without --own-servers the servers are those that
 * CAUSEWAY_TEST_PG and CAUSEWAY_TEST_BROKERS name, which are never killed.
 */
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { drawPlan } from './draw-plan.ts';
import { matrixText } from './matrix.ts';
import { runPlan, type RunOutcome } from './run-plan.ts';
import { openServers } from './servers.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { runs: text, seed: text, json: text, 'own-servers': { type: 'boolean' } } });
const own = values['own-servers'] === true || process.env['CAUSEWAY_TEST_PG'] === undefined;
const first = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const runs = Number(values.runs ?? 10);
const outcomes: RunOutcome[] = [];
const servers = await openServers(own);
let stopped = false;
process.once('SIGINT', () => {
  stopped = true;
});
try {
  for (let seed = first; seed < first + runs && !stopped; seed++) {
    const plan = drawPlan(seed, own);
    process.stdout.write(`seed ${seed}: ${plan.moments.at(-1)}; ${plan.faults.map((f) => `${f.victim} in ${f.moment} ${f.failPoint ?? `+${f.delayMs} ms`}`).join(', ')}\n`);
    const outcome = await runPlan(plan, servers);
    outcomes.push(outcome);
    if (values.json !== undefined) appendFileSync(resolve(values.json), `${JSON.stringify(outcome)}\n`);
    process.stdout.write(`  ${outcome.problems.length === 0 ? 'good' : 'BAD'}: ${outcome.acknowledged} writes acknowledged, ${outcome.injected.length} of ${plan.faults.length} faults injected, ${outcome.seconds.toFixed(0)} s\n`);
    for (const problem of outcome.problems) process.stdout.write(`    ${problem}\n`);
    if (outcome.folder !== null) process.stdout.write(`    kept: ${outcome.folder}\n`);
  }
} finally {
  await servers.close();
}
const bad = outcomes.filter((o) => o.problems.length > 0);
process.stdout.write(`\n${matrixText(outcomes)}\n`);
if (bad.length > 0) process.stdout.write(`runs that did not end as they must: seeds ${bad.map((o) => o.plan.seed).join(', ')}\n`);
const sum = (what: 'lost' | 'doubled'): number => outcomes.reduce((n, o) => n + o[what], 0);
process.exitCode = bad.length > 0 ? 1 : 0;
process.stdout.write(`${outcomes.length} runs, ${sum('lost')} lost, ${sum('doubled')} doubled\n`);
