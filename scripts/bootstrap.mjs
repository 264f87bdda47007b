// Makes a fresh checkout ready and runs one thing: `node scripts/bootstrap.mjs run|test|bench|lint|check|build ARGS…`.
// Plain JavaScript without dependencies for Node 18 and newer: it must work before anything is installed.
import { ensureBuild, ensurePackages, ensureTools, isReady, markReady } from './bootstrap/prepare.mjs';
import { withLock } from './bootstrap/lock.mjs';
import { BootstrapError, runToEnd } from './bootstrap/process.mjs';
import { commandFor } from './bootstrap/commands.mjs';

async function main([task = '', ...args]) {
  const command = commandFor(task, args);
  if (!isReady()) {
    // Two commands may begin at once on a fresh checkout: the second waits for the first, then finds all done.
    await withLock(() => {
      ensureTools();
      ensurePackages();
      ensureBuild();
      markReady();
    });
  }
  return runToEnd(command);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`causeway: ${error instanceof BootstrapError ? error.message : `the bootstrap failed: ${error?.message ?? error}`}\n`);
    process.exitCode = 3;
  },
);
