// Prints `N passed, N failed, N skipped` from Jest's JSON and exits non-zero unless all is well. A step that failed before
// or beside the tests counts as one failure; a run of no tests is a failure too.
import { readFileSync } from 'node:fs';

const [file, failedSteps] = process.argv.slice(2);

function jestResults() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0, success: false };
  }
}

const results = jestResults();
// A failed suite whose tests could not be counted must not read as zero failures.
const counted = results.numFailedTests + results.numRuntimeErrorTestSuites;
const stepsBesideTests = Number(failedSteps) - (results.success ? 0 : Math.min(1, Number(failedSteps)));
const noTests = results.numPassedTests === 0 && counted === 0 ? 1 : 0;
const failed = counted + stepsBesideTests + noTests + (!results.success && counted === 0 && noTests === 0 ? 1 : 0);

process.stdout.write(`${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests + results.numTodoTests} skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;
