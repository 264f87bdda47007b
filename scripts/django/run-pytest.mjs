// Runs pytest of one environment and counts what it says in its report.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../bootstrap/layout.mjs';
import { CORPUS } from './prepare.mjs';

/** pytest's own code for a choice that no test is in. */
const NO_TESTS = 5;

/** The exit code. Lines of several environments at once are told apart by their first word. */
export function runPytest({ venv, entry, name, marker, report, url, command, args, folder }) {
  const environment = { ...process.env, CAUSEWAY_TEST_PG: url, CAUSEWAY_COMMAND: command, CAUSEWAY_TEST_CORPUS: entry.full ? CORPUS : '', PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(join(venv, 'bin', 'python'), ['-m', 'pytest', '-q', '-ra', '-p', 'no:cacheprovider', `--basetemp=${join(folder, `tmp-${name}`)}`, `--junitxml=${report}`, '-m', marker, ...args], {
    cwd: join(ROOT, 'integrations', 'django'),
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => process.stderr.write(`[${name}] ${line}\n`));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Of a choice of tests, one of the two parts may have none.
    child.once('close', (code) => resolve(code === NO_TESTS && args.length > 0 ? 0 : code));
  });
}

/** A run that ended badly without a report, or without a test, is one failure. */
export function countOf(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const suite = /<testsuite [^>]*>/.exec(readFileSync(report, 'utf8'))?.[0] ?? '';
  const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const bad = number('failures') + number('errors');
  const failed = bad === 0 && code !== 0 ? 1 : bad;
  return { passed: number('tests') - bad - number('skipped'), failed, skipped: number('skipped') };
}
