// Makes the environment of one Django, once: made again when its requirements have changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, TOOLS } from '../bootstrap/layout.mjs';

const PACKAGE = join(ROOT, 'integrations', 'django');
/** A real project whose packages come with its tests; its folder lies beside the checkout, where it is there at all. */
export const CORPUS = join(ROOT, '..', 'shared', 'corpora');
const CORPUS_PACKAGES = ['wagtail', 'djangorestframework', 'djangorestframework_simplejwt', 'django-oauth-toolkit', 'django-celery-beat', 'django_celery_results', 'django-auditlog'];

export async function prepare(entry, python) {
  const venv = join(TOOLS, 'django', entry.django);
  const corpus = entry.full === true && existsSync(CORPUS);
  const stamp = createHash('sha256').update(JSON.stringify([entry, python.version, corpus])).update(readFileSync(join(PACKAGE, 'pyproject.toml'))).digest('hex');
  const made = join(venv, 'causeway-stamp');
  if (existsSync(made) && readFileSync(made, 'utf8') === stamp) return venv;
  process.stderr.write(`Django ${entry.django}: making its environment in .tools (once)\n`);
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(join(TOOLS, 'django'), { recursive: true });
  await run(python.path, ['-m', 'venv', venv]);
  const wanted = ['-e', `${PACKAGE}[test]`, entry.requirement];
  if (corpus) wanted.push('-c', join(CORPUS, 'django', 'requirements.txt'), ...CORPUS_PACKAGES);
  // What is imported once or never need not be compiled beforehand.
  await run(join(venv, 'bin', 'pip'), ['install', '--quiet', '--no-compile', '--disable-pip-version-check', ...wanted]);
  writeFileSync(made, stamp);
  return venv;
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    let said = '';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ${args[0]} ended with ${code}:\n${said.trim().split('\n').slice(-10).join('\n')}`))));
  });
}
