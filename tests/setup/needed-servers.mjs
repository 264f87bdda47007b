// Which servers the selected test files need, by their suffix.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const NEEDS = [
  [/\.(pg|e2e)\.test\.ts$/, 'postgres'],
  [/\.(kafka|e2e)\.test\.ts$/, 'kafka'],
];

/** Jest says which files it was asked for, as patterns; the files themselves are not known yet when the setup runs. */
export function neededServers(globalConfig, projectConfig) {
  const selected = testFiles(projectConfig.roots).filter((file) => isSelected(file, globalConfig, projectConfig));
  return new Set(NEEDS.filter(([suffix]) => selected.some((file) => suffix.test(file))).map(([, server]) => server));
}

function testFiles(roots) {
  const found = [];
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist') continue;
      if (entry.isDirectory()) visit(join(folder, entry.name));
      else if (entry.name.endsWith('.test.ts')) found.push(join(folder, entry.name));
    }
  };
  for (const root of roots) visit(root);
  return found;
}

/** In doubt a file counts as selected: a server too many costs seconds, one too few the run. */
function isSelected(file, globalConfig, projectConfig) {
  const ignored = projectConfig.testPathIgnorePatterns.some((pattern) => new RegExp(pattern).test(file));
  if (ignored) return false;
  const patterns = globalConfig.testPathPatterns?.patterns ?? [];
  return patterns.length === 0 || patterns.some((pattern) => new RegExp(pattern, 'i').test(file));
}
