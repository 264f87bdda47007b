// A Python of a wanted version: on PATH, or one that pyenv keeps beside the chosen one.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** { path, version } or null. */
export function findPython({ python }) {
  for (const wanted of python) {
    for (const path of candidates(wanted)) {
      const version = versionOf(path);
      if (version?.startsWith(`${wanted}.`)) return { path, version };
    }
  }
  return null;
}

function candidates(wanted) {
  const kept = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const versions = existsSync(kept) ? readdirSync(kept).filter((name) => name.startsWith(`${wanted}.`)) : [];
  return [`python${wanted}`, 'python3', ...versions.map((name) => join(kept, name, 'bin', 'python3'))];
}

/** Asked of itself: a shim may be there without the version behind it. It must be able to make environments. */
function versionOf(path) {
  const run = spawnSync(path, ['-c', 'import sqlite3, ssl, ensurepip, platform; print(platform.python_version())'], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : undefined;
}
