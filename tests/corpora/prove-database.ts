/**
 * One database from end to end: assess, migrate, and two judges that share no code with what moved it: the rows that
 * were quarantined are exactly those that were foretold, and an independent comparer finds all others equal.
 */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Bench, Outcome } from '@causeway/testkit/causeway-command';
import { independentCompare } from '@causeway/testkit/independent-compare';
import { predictedRows, quarantinedRows } from './predicted-rows.ts';

export interface Proof {
  readonly file: string;
  readonly verdict: string;
  readonly rows: number;
  readonly quarantined: number;
  readonly foretold: number;
  readonly assessment: string;
  readonly seconds: number;
  /** What the independent comparer says, or why it was not asked. */
  readonly judged: string;
  /** Empty where everything is as it must be. */
  readonly problems: readonly string[];
}

export async function proveDatabase(bench: Bench, original: string): Promise<Proof> {
  const started = performance.now();
  const file = ownCopy(bench, original);
  const predicted = await predictedRows(file, join(bench.folder, 'assess'));
  const out = join(bench.folder, 'quarantine.jsonl');
  const result = await bench.run(['migrate', file, '--json', '--name', 'proof', '--quarantine-out', out]);
  const { outcome } = result;
  const base = { file: basename(original), verdict: outcome.verdict, assessment: predicted.assessment.verdict, foretold: predicted.rows.length };
  const ended = (more: Pick<Proof, 'judged' | 'problems'>): Proof => ({ ...base, ...counts(outcome), seconds: (performance.now() - started) / 1000, ...more });
  if (!['equal', 'equal_with_quarantine'].includes(outcome.verdict)) return ended({ judged: 'not asked', problems: [`${outcome.verdict}: ${outcome.code ?? ''} ${outcome.message ?? result.stderr.slice(-400)}`] });
  const problems = [...differentTables(outcome), ...againstPrediction(predicted.rows, quarantinedRows(out))];
  const judge = await independentCompare({ source: file, target: bench.database.url, quarantine: out });
  if (judge.available && !judge.equal) problems.push(...judge.tables.filter((t) => !t.status.startsWith('EQUAL')).map((t) => `independent comparer: ${JSON.stringify(t).slice(0, 600)}`));
  return ended({ judged: judge.available ? judge.summary : judge.reason, problems });
}

/** The corpora may stand in a folder that cannot be written; a WAL beside the file comes along. */
function ownCopy(bench: Bench, original: string): string {
  const folder = join(bench.folder, 'source');
  mkdirSync(folder, { recursive: true });
  const copy = join(folder, basename(original));
  for (const suffix of ['', '-wal', '-journal']) if (existsSync(original + suffix)) copyFileSync(original + suffix, copy + suffix);
  return copy;
}

function counts(outcome: Outcome): Pick<Proof, 'rows' | 'quarantined'> {
  const sum = (of: (table: Outcome['tables'][number]) => number): number => outcome.tables.reduce((total, table) => total + of(table), 0);
  return { rows: sum((t) => t.sourceRows), quarantined: sum((t) => t.quarantinedRows) };
}

const differentTables = (outcome: Outcome): string[] => outcome.tables.filter((t) => !t.equal || t.sourceRows !== t.targetRows + t.quarantinedRows).map((t) => `table ${t.source} is not equal`);

function againstPrediction(foretold: readonly string[], came: readonly string[]): string[] {
  const unforetold = came.filter((row) => !foretold.includes(row)).map((row) => `quarantined and not foretold: ${row}`);
  const absent = foretold.filter((row) => !came.includes(row)).map((row) => `foretold and not quarantined: ${row}`);
  return [...unforetold, ...absent];
}
