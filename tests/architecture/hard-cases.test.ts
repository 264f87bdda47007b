/** The page of hard cases names tests: each file is there, and holds the words that stand behind it. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/hard-cases.md'), 'utf8');
const NAMED = [...PAGE.matchAll(/`((?:packages|services|cli|tests|bench|scripts|integrations)\/[^`]+\.[a-z]+)` "([^"]+)"/g)].map(([, file, words]) => [file, words] as const);

test.each(NAMED)('%s holds "%s"', (file, words) => {
  expect(existsSync(join(ROOT, file))).toBe(true);
  expect(readFileSync(join(ROOT, file), 'utf8')).toContain(words);
});

test('every case from 1 to 160 has a line, with a test or a reason', () => {
  const lines = new Map(PAGE.split('\n').flatMap((line) => (/^\| (\d+) \|/.test(line) ? [[Number(/^\| (\d+) \|/.exec(line)?.[1]), line] as const] : [])));
  const cases = Array.from({ length: 160 }, (_, i) => 1 + i);
  expect(cases.filter((number) => !/`[a-z]+\/.+` "|crash suite|model `|not applicable/.test(lines.get(number) ?? ''))).toEqual([]);
});
