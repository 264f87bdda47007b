import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exampleReport } from './example-report.ts';
import { writeReport } from './write-report.ts';

describe('writing a report', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'causeway-report-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('makes the folder, gives both paths, leaves nothing else', async () => {
    const inner = join(folder, 'a', 'b');
    const written = await writeReport(exampleReport(), inner);
    expect(await readdir(inner)).toEqual(['report.html', 'report.json']);
    expect(await readFile(written.html, 'utf8')).toMatch(/^<!doctype html>/u);
    expect(JSON.parse(await readFile(written.json, 'utf8')).migration).toBe('shop');
  });

  test('replaces an older report', async () => {
    await writeReport(exampleReport(), folder);
    const written = await writeReport(exampleReport({ migration: 'second' }), folder);
    expect(JSON.parse(await readFile(written.json, 'utf8')).migration).toBe('second');
    expect(await readdir(folder)).toHaveLength(2);
  });

  test('a folder that is a file is an error, and the file stays', async () => {
    const path = join(folder, 'taken');
    await writeFile(path, 'mine');
    await expect(writeReport(exampleReport(), path)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });
});
