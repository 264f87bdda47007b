/** Runs products with a planted bug until each is found, within a bounded number of tries. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Moment, RunPlan } from './draw-plan.ts';
import { PLANTED, type PlantedBug } from './planted-bugs.ts';
import { runPlan } from './run-plan.ts';
import type { Servers } from './servers.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const TRIES = 6;
const WAY: readonly Moment[] = ['loading', 'following', 'cutover', 'switched', 'rollback', 'returned'];

/** What a slow machine cannot cause: a run that only took too long has found nothing. A service that is not up within 45 s will not be. */
const EVIDENCE = /PostgreSQL had transaction|PostgreSQL went back|without the rest of|divergences: [1-9]|told \d+ divergences|duplicate key|LOG_PURGED|TARGET_REFUSED|services: down|\d+ rows instead of|on one side only/;

/** `names`: only bugs whose name contains one of them. Answers those that were not found. */
export async function findPlanted(servers: Servers, names: readonly string[], say: (line: string) => void, stopped: () => boolean): Promise<string[]> {
  const missed: string[] = [];
  const bugs = PLANTED.filter((bug) => names.length === 0 || names.some((name) => bug.name.includes(name)));
  for (const bug of bugs) {
    if (stopped()) break;
    const root = plant(bug);
    try {
      const tries = await triesUntilFound(bug, root, servers, say);
      say(tries === null ? `NOT FOUND in ${TRIES} runs: ${bug.name}` : `found in run ${tries}: ${bug.name}`);
      if (tries === null) missed.push(`planted and not found: ${bug.name}`);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
  say(`${bugs.length - missed.length} of ${bugs.length} planted bugs found`);
  return missed;
}

async function triesUntilFound(bug: PlantedBug, root: string, servers: Servers, say: (line: string) => void): Promise<number | null> {
  for (let n = 1; n <= TRIES; n++) {
    const plan: RunPlan = { seed: n, moments: WAY, faults: bug.faults(n - 1), rate: 600, ballast: 20_000, undoes: false, once: true, hasty: true };
    const outcome = await runPlan(plan, servers, root);
    if (outcome.folder !== null) rmSync(outcome.folder, { recursive: true, force: true });
    say(`  ${bug.name}, run ${n}: ${outcome.lost} lost, ${outcome.doubled} doubled${outcome.problems.length === 0 ? ', nothing noticed' : `, noticed: ${outcome.problems[0]?.slice(0, 200)}`}`);
    if ((outcome.through && outcome.lost + outcome.doubled > 0) || outcome.problems.some((problem) => EVIDENCE.test(problem))) return n;
  }
  return null;
}

/** A copy of what is built, with the bug in it; packages from outside are shared. */
function plant(bug: PlantedBug): string {
  const root = mkdtempSync(join(tmpdir(), 'causeway-planted-'));
  for (const part of ['cli', ...['services', 'packages'].flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name)))]) {
    mkdirSync(join(root, part), { recursive: true });
    for (const inside of ['dist', 'node_modules', 'package.json']) cpSync(join(ROOT, part, inside), join(root, part, inside), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'package.json'), readFileSync(join(ROOT, 'package.json')));
  const file = join(root, bug.file);
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of bug.changes) {
    if (text.split(from).length !== 2) throw new Error(`the place for "${bug.name}" is not exactly once in ${bug.file}`);
    text = text.replace(from, () => to);
  }
  writeFileSync(file, text);
  return root;
}
