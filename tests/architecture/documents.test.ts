/** Pages that are made from the code are up to date, and the invariants stand where docs/invariants.md says. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const script = (...args: string[]): { status: number | null; told: string } => {
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return { status: run.status, told: run.stderr };
};

test('errors, metrics, configuration and command line are as the code says', () => {
  expect(script('scripts/make-docs.mjs', '--check')).toEqual({ status: 0, told: '' });
});

test('every invariant is cited where it is said to be, and no citation dangles', () => {
  expect(script('scripts/check-invariants.mjs')).toEqual({ status: 0, told: '' });
});

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
];

test.each(pages)('links of %s lead somewhere', (page) => {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] as string).filter((link) => !/^[a-z]+:/.test(link));
  expect(links.filter((link) => !existsSync(resolve(root, dirname(page), link)))).toEqual([]);
});
