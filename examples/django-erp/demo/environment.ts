/** Python, Django and gunicorn for the demo, in .tools: nothing global changes. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const PROJECT = resolve(import.meta.dirname, '..');
export const ROOT = resolve(PROJECT, '..', '..');
const VENV = join(ROOT, '.tools', 'django-erp');
const PACKAGE = join(ROOT, 'integrations', 'django');
/** As Django 5.2 asks for it. */
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const FLOOR = 'import sys, ssl, sqlite3, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)';

export class EnvironmentMissing extends Error {}

/** The folder of the environment's programs. */
export function ensureEnvironment(say: (text: string) => void): string {
  const requirements = join(PROJECT, 'requirements.txt');
  const stamp = createHash('sha256').update(readFileSync(requirements)).update(readFileSync(join(PACKAGE, 'pyproject.toml'))).update(VENV).digest('hex');
  const file = join(VENV, 'made-of');
  if (existsSync(file) && readFileSync(file, 'utf8') === stamp) return join(VENV, 'bin');
  const python = PYTHONS.find((name) => spawnSync(name, ['-c', FLOOR]).status === 0);
  if (python === undefined) throw new EnvironmentMissing('the demo needs python3, 3.10 or newer, with venv and pip: on Debian and Ubuntu `apt-get install python3-venv`');
  say('installing Django, gunicorn and psycopg into .tools (once)');
  rmSync(VENV, { recursive: true, force: true });
  mkdirSync(VENV, { recursive: true });
  step(python, ['-m', 'venv', VENV]);
  step(join(VENV, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements, '-e', PACKAGE]);
  writeFileSync(file, stamp);
  return join(VENV, 'bin');
}

function step(command: string, args: readonly string[]): void {
  const run = spawnSync(command, args, { encoding: 'utf8' });
  if (run.status !== 0) throw new EnvironmentMissing(`${command} ${args.slice(0, 2).join(' ')} failed:\n${`${run.stdout ?? ''}\n${run.stderr ?? ''}`.trim().split('\n').slice(-8).join('\n')}`);
}
