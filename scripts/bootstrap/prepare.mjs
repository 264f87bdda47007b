// Tools, packages, build: each does nothing when it has been done, and says one line when it begins.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { NODE_FLOOR, NODE_PIN, pnpmPin, ROOT, TOOLS, TOOLS_BIN } from './layout.mjs';
import { BootstrapError, say, step } from './process.mjs';

/** First line: the node to use. Newer than every source: nothing to do. Read by ./causeway as well. */
const READY = join(TOOLS, 'ready');
const INSTALLED = join(ROOT, 'node_modules', '.causeway-installed');
const SOURCES = ['packages', 'services', 'cli'];

export function isReady() {
  useTools();
  if (!existsSync(READY) || !existsSync(INSTALLED)) return false;
  const [node = ''] = readFileSync(READY, 'utf8').split('\n');
  return existsSync(node) && installedAs() === readFileSync(INSTALLED, 'utf8') && newestSource() <= statSync(READY).mtimeMs && existsSync(join(ROOT, 'cli', 'dist', 'main.js'));
}

/** A node and a pnpm of the pinned versions in .tools, where the machine has no fitting ones. Nothing global changes. */
export function ensureTools() {
  useTools();
  const missing = [...(nodeFits() ? [] : [`node@${NODE_PIN}`]), ...(pnpmFits() ? [] : [`pnpm@${pnpmPin()}`])];
  if (missing.length === 0) return;
  // Both, always: npm removes from the folder what it is not told about.
  const wanted = existsSync(TOOLS_BIN) ? [`node@${NODE_PIN}`, `pnpm@${pnpmPin()}`] : missing;
  say(`fetching ${wanted.join(' and ')} into .tools (once)`);
  mkdirSync(TOOLS, { recursive: true });
  // node's own package makes its program in an install script, so scripts run here.
  step(`fetching ${wanted.join(' and ')}`, 'npm', ['install', '--prefix', TOOLS, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...wanted]);
  useTools();
  if (!nodeFits() || !pnpmFits()) throw new BootstrapError(`the tools in ${TOOLS} do not work; remove that folder and try again`);
}

export function ensurePackages() {
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === installedAs()) return;
  say('installing packages (once)');
  step('installing packages', 'pnpm', ['install', '--frozen-lockfile', '--config.confirmModulesPurge=false']);
  writeFileSync(INSTALLED, installedAs());
}

export function ensureBuild() {
  if (existsSync(READY) && newestSource() <= statSync(READY).mtimeMs && existsSync(join(ROOT, 'cli', 'dist', 'main.js'))) return;
  say('building');
  rmSync(READY, { force: true });
  buildStarted = new Date();
  step('the build', 'node', [join('node_modules', 'typescript', 'bin', 'tsc'), '-b']);
}

/** The stamp's time: what is saved while the build runs is built the next time. */
let buildStarted = new Date();

export function markReady() {
  const node = spawnSync('node', ['-p', 'process.execPath'], { encoding: 'utf8' }).stdout.trim();
  writeFileSync(`${READY}.new`, `${node}\n`);
  utimesSync(`${READY}.new`, buildStarted, buildStarted);
  renameSync(`${READY}.new`, READY);
}

function useTools() {
  const path = process.env.PATH ?? '';
  if (existsSync(TOOLS_BIN) && !path.startsWith(TOOLS_BIN)) process.env.PATH = `${TOOLS_BIN}${delimiter}${path}`;
}

function nodeVersion() {
  const onPath = spawnSync('node', ['--version'], { encoding: 'utf8' });
  return onPath.status === 0 ? onPath.stdout.trim() : '';
}

function nodeFits() {
  const [major = 0, minor = 0] = nodeVersion().slice(1).split('.').map(Number);
  return major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1]);
}

/** Asked outside of the checkout, where pnpm would otherwise switch to the pinned version by itself. */
function pnpmFits() {
  const run = spawnSync('pnpm', ['--version'], { encoding: 'utf8', cwd: '/' });
  return run.status === 0 && run.stdout.trim() === pnpmPin();
}

/** Prebuilt parts depend on the version of Node as well. */
function installedAs() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) hash.update(readFileSync(join(ROOT, file)));
  return hash.update(process.env.PATH?.startsWith(TOOLS_BIN) ? `tools ${NODE_PIN}` : process.version.split('.')[0]).digest('hex');
}

/** Newest time of what goes into the build; a few hundred files, a few milliseconds. */
function newestSource() {
  let newest = 0;
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist') continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (/\.(ts|json)$/.test(entry.name) && !entry.name.endsWith('.test.ts')) newest = Math.max(newest, statSync(path).mtimeMs);
    }
  };
  for (const folder of SOURCES) visit(join(ROOT, folder));
  return newest;
}
