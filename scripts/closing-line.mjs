// Prints `N passed, N failed, N skipped` from Jest's JSON, and from the counts of other runners (files of
// `{passed, failed, skipped}` after the first two arguments), and exits non-zero unless all is well. A step that failed before
// or beside the tests counts as one failure; a run of no tests is a failure too.
import { readFileSync } from 'node:fs';

const [file, failedSteps, ...others] = process.argv.slice(2);

function jestResults() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0, success: false };
  }
}

/** A runner that was started and left no count has failed as a step already. */
function otherCount(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

const results = jestResults();
const counts = others.map(otherCount);
const sum = (name) => counts.reduce((total, count) => total + count[name], 0);
// A failed suite whose tests could not be counted must not read as zero failures.
const counted = results.numFailedTests + results.numRuntimeErrorTestSuites;
// A runner whose tests failed is a failed step as well: its tests are what is counted.
const stepsOfTests = (results.success ? 0 : 1) + counts.filter((count) => count.failed > 0).length;
const stepsBesideTests = Math.max(0, Number(failedSteps) - stepsOfTests);
const noTests = results.numPassedTests === 0 && counted === 0 ? 1 : 0;
const failed = counted + sum('failed') + stepsBesideTests + noTests + (!results.success && counted === 0 && noTests === 0 ? 1 : 0);

process.stdout.write(`${results.numPassedTests + sum('passed')} passed, ${failed} failed, ${results.numPendingTests + results.numTodoTests + sum('skipped')} skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;
