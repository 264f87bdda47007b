/** The crash suite of the live part. `--help` says what it takes; its last line is `N runs, N lost, N doubled`. */
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { drawPlan, drawSoak, type RunPlan } from './draw-plan.ts';
import { drawWide } from './draw-wide.ts';
import { everyPoint } from './exhaustive.ts';
import { matrixSums, matrixText } from './matrix.ts';
import { readOutcomes, writeMatrixPage } from './matrix-page.ts';
import { findPlanted } from './planted.ts';
import { runPlan, type RunOutcome } from './run-plan.ts';
import { readOptions } from './options.ts';
import { openServers, type Servers } from './servers.ts';
import { mayMount } from './small-disk.ts';

const values = readOptions();
const own = values['own-servers'] === true || process.env['CAUSEWAY_TEST_PG'] === undefined;
const first = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const smallDisks = values.wide === true && own && mayMount();
const began = performance.now();
let interrupted = false;
process.once('SIGINT', () => {
  interrupted = true;
});
const stopped = (): boolean => interrupted || (values.minutes !== undefined && performance.now() - began > Number(values.minutes) * 60_000);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function tell(outcome: RunOutcome): void {
  const { plan } = outcome;
  if (values.json !== undefined) appendFileSync(resolve(values.json), `${JSON.stringify(outcome)}\n`);
  say(`  ${outcome.problems.length === 0 ? 'good' : 'BAD'}: ${outcome.acknowledged} writes acknowledged, ${outcome.injected.length} of ${plan.faults.length} faults injected, ${outcome.snapshots} snapshots, ${outcome.seconds.toFixed(0)} s`);
  for (const problem of outcome.problems) say(`    ${problem}`);
  if (outcome.folder !== null) say(`    kept: ${outcome.folder}`);
}

const toldPlan = (plan: RunPlan): string => `seed ${plan.seed}: ${plan.moments.at(-1)}; ${plan.faults.slice(0, 6).map((f) => `${f.victim} in ${f.moment} ${f.failPoint ?? `+${f.delayMs} ms`}${f.stopMs === undefined ? '' : ` stopped ${f.stopMs} ms`}`).join(', ')}`;

async function drawn(servers: Servers): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  for (let seed = first; seed < first + Number(values.runs ?? 10) && !stopped(); seed++) {
    const plan = values.wide === true ? drawWide(seed, own, smallDisks) : drawPlan(seed, own);
    say(toldPlan(plan));
    const outcome = await runPlan(plan, servers);
    outcomes.push(outcome);
    tell(outcome);
  }
  return outcomes;
}

/** Outcomes, and what else is wrong. */
async function perform(servers: Servers): Promise<{ outcomes: readonly RunOutcome[]; wrong: string[] }> {
  if (values.planted === true) return { outcomes: [], wrong: await findPlanted(servers, values.names, say, stopped) };
  if (values.exhaustive === true) {
    const { outcomes, missing, idle, acted } = await everyPoint(servers, tell, stopped);
    say(`${acted} of ${acted + idle.length} fail points that are passed have ended a process`);
    return { outcomes, wrong: stopped() ? [] : [...missing.map((point) => `no run passes ${point}`), ...idle.map((point) => `${point} has not ended its process`)] };
  }
  if (values.soak === undefined) return { outcomes: await drawn(servers), wrong: [] };
  const plan = drawSoak(first, Number(values.soak), own);
  say(toldPlan(plan));
  const outcome = await runPlan(plan, servers);
  tell(outcome);
  return { outcomes: [outcome], wrong: [] };
}

if (values.matrix !== undefined) writeMatrixPage(resolve(values.matrix), readOutcomes(values.from ?? []), values.remark);
else {
  const servers = await openServers(own, smallDisks);
  const { outcomes, wrong } = await perform(servers).finally(() => servers.close());
  const bad = outcomes.filter((o) => o.problems.length > 0);
  if (outcomes.length > 0) say(`\n${matrixText(outcomes)}\n${matrixSums(outcomes)}`);
  if (bad.length > 0) say(`runs that did not end as they must: seeds ${bad.map((o) => o.plan.seed).join(', ')}`);
  for (const line of wrong) say(`WRONG: ${line}`);
  const sum = (what: 'lost' | 'doubled'): number => outcomes.reduce((n, o) => n + o[what], 0);
  process.exitCode = bad.length + wrong.length > 0 ? 1 : 0;
  say(`${outcomes.length} runs, ${sum('lost')} lost, ${sum('doubled')} doubled`);
}
