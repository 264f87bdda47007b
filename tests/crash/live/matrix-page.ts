/** docs/crash-matrix.md, made from the lines that the suite has written (`--json`). */
import { readFileSync, writeFileSync } from 'node:fs';
import { matrixSums, matrixText } from './matrix.ts';
import type { RunOutcome } from './run-plan.ts';

export function readOutcomes(files: readonly string[]): RunOutcome[] {
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').filter((line) => line !== ''));
  return lines.map((line) => JSON.parse(line) as RunOutcome);
}

function seedsOf(outcomes: readonly RunOutcome[], option: string): string {
  if (outcomes.length === 0) return '';
  const seeds = outcomes.map((o) => o.plan.seed).sort((a, b) => a - b);
  return `\n${outcomes.length} runs of seeds ${seeds[0]} to ${seeds.at(-1)}, each replayed by \`npm run test:crash -- --runs 1${option} --seed N --own-servers\`.`;
}

export function writeMatrixPage(path: string, outcomes: readonly RunOutcome[], remark = ''): void {
  const sum = (of: (o: RunOutcome) => number): number => outcomes.reduce((n, o) => n + of(o), 0);
  const bad = outcomes.filter((o) => o.problems.length > 0);
  const points = [...new Set(outcomes.flatMap((o) => o.injected.flatMap((f) => (f.failPoint === undefined ? [] : [f.failPoint.split(':')[0] as string]))))].sort();
  const text = `# The crash matrix

Made by \`npm run test:crash -- --matrix docs/crash-matrix.md --from FILE\` from what the runs have written; not by hand.

Each run is the whole story: an application writes to a real SQLite file, \`migrate --live\` moves and follows it through a real
Kafka to a real PostgreSQL, cutovers and rollbacks switch it. Meanwhile what the run's seed has drawn is killed with −9, stopped and let go on,
started twice, or loses the answer to a COMMIT or to a produce; its connections end, are silent or half open, a disk is full for a while, a service's
clock jumps by an hour. At the end the application's own ledger of acknowledged writes is held against
both databases, row by row and cell by cell; the validator may have told no divergence, and after \`complete\` or \`detach\` nothing of
causeway may be left. While it runs, snapshots of PostgreSQL are judged: no transaction in parts, each worker's in their order, and none gone again.

**${outcomes.length} runs, ${sum((o) => o.lost)} lost, ${sum((o) => o.doubled)} doubled.** ${bad.length === 0 ? 'Every run ended as it must.' : `${bad.length} runs did not end as they must: seeds ${bad.map((o) => o.plan.seed).join(', ')}.`} ${matrixSums(outcomes)}. ${seedsOf(outcomes.filter((o) => o.plan.wide !== true), '')}${seedsOf(outcomes.filter((o) => o.plan.wide === true), ' --wide')}${remark === '' ? '' : `\n\n${remark}`}

${matrixText(outcomes)}

A cell counts what was really injected in that moment of the story. Longest time between two acknowledged writes, over all runs and with everything that was
broken in them: ${Math.round(Math.max(...outcomes.map((o) => o.longestGapMs)))} ms.

Fail points at which a process ended: ${points.map((point) => `\`${point}\``).join(', ')}.
`;
  writeFileSync(path, text);
}
