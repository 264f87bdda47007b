// What each task runs once the checkout is ready.
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './layout.mjs';
import { BootstrapError } from './process.mjs';

const inModules = (...path) => join(ROOT, 'node_modules', ...path);
const jest = (args) => ({ command: 'node', args: ['--experimental-vm-modules', '--no-warnings', inModules('jest', 'bin', 'jest.js'), ...args], cwd: ROOT });

function lint() {
  const invariants = join('scripts', 'check-invariants.mjs');
  return [
    { command: inModules('.bin', 'biome'), args: ['check', '.'], cwd: ROOT },
    { command: 'node', args: [inModules('typescript', 'bin', 'tsc'), '-b', '.', join('tests', 'model'), 'ops'], cwd: ROOT },
    { command: inModules('.bin', 'depcruise'), args: ['packages', 'services', 'cli'], cwd: ROOT },
    ...(existsSync(join(ROOT, invariants)) ? [{ command: 'node', args: [invariants], cwd: ROOT }] : []),
  ];
}

const TASKS = {
  // The caller's folder stays: paths in the arguments are relative to it.
  run: (args) => [{ command: 'node', args: [join(ROOT, 'cli', 'dist', 'main.js'), ...args], cwd: callerFolder() }],
  test: (args) => [jest(args)],
  bench: (args) => [{ command: 'node', args: [join(ROOT, 'bench', 'pipeline', 'main.ts'), ...args], cwd: callerFolder() }],
  'bench-queries': (args) => [{ command: 'node', args: [join(ROOT, 'bench', 'queries-bench', 'main.ts'), ...args], cwd: callerFolder() }],
  'bench-live': (args) => [{ command: 'node', args: [join(ROOT, 'bench', 'live', 'main.ts'), ...args], cwd: callerFolder() }],
  // The largest spaces need room.
  model: (args) => [{ command: 'node', args: ['--max-old-space-size=8192', join(ROOT, 'tests', 'model', 'main.ts'), ...args], cwd: callerFolder() }],
  'test-crash': (args) => [{ command: 'node', args: [join(ROOT, 'tests', 'crash', 'live', 'main.ts'), ...args], cwd: callerFolder() }],
  'test-fuzz': (args) => [{ command: 'node', args: ['--no-warnings', join(ROOT, 'tests', 'fuzz', 'main.ts'), ...args], cwd: callerFolder() }],
  // Dashboards, alerts, backups, security and load against real programs.
  'test-operate': (args) => [jest(['--config', join(ROOT, 'tests', 'operate', 'jest.config.mjs'), ...args])],
  'test-django': (args) => [{ command: 'node', args: [join(ROOT, 'scripts', 'django', 'main.mjs'), ...args], cwd: callerFolder() }],
  'test-corpora': (args) => [{ command: 'node', args: [join(ROOT, 'tests', 'corpora', 'main.ts'), ...args], cwd: callerFolder() }],
  'bench-assess': (args) => [{ command: 'node', args: [join(ROOT, 'bench', 'assess', 'main.ts'), ...args], cwd: callerFolder() }],
  'demo-django': (args) => [{ command: 'node', args: [join(ROOT, 'examples', 'django-erp', 'demo', 'main.ts'), ...args], cwd: callerFolder() }],
  build: () => [],
  lint: () => lint(),
  // Everything that needs no server: format and lint, types, arrows, invariants, unit tests.
  check: (args) => [...lint(), jest(['--testPathIgnorePatterns=/tests/operate/', '--testPathIgnorePatterns=\\.(pg|kafka|e2e)\\.test\\.ts$', '--testPathIgnorePatterns=/node_modules/', ...args])],
};

/** npm runs scripts in the package's folder and says in INIT_CWD where the user was; elsewhere INIT_CWD is not about us. */
function callerFolder() {
  const folder = process.cwd();
  const byNpm = process.env.npm_lifecycle_event !== undefined && realpathSync(folder) === realpathSync(ROOT);
  return byNpm ? (process.env.INIT_CWD ?? folder) : folder;
}

export function commandFor(task, args) {
  const make = Object.hasOwn(TASKS, task) ? TASKS[task] : undefined;
  if (make === undefined) throw new BootstrapError(`usage: node scripts/bootstrap.mjs ${Object.keys(TASKS).join('|')} [arguments]`);
  return make(args);
}
