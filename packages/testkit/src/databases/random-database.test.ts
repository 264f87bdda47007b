import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { makeRandomDatabase } from './random-database.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'random-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Contents {
  readonly digest: string;
  readonly tables: number;
  readonly rows: number;
  readonly classes: ReadonlySet<string>;
}

function contents(file: string): Contents {
  const db = new Database(file, { readonly: true });
  const hash = createHash('sha256');
  const classes = new Set<string>();
  let rows = 0;
  try {
    const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name").pluck().all() as string[];
    for (const name of names) {
      const columns = (db.pragma(`table_info(${quoteIdentifier(name)})`) as { name: string }[]).map((c) => quoteIdentifier(c.name));
      for (const row of db.prepare(`SELECT ${columns.map((c) => `typeof(${c}), hex(${c})`).join(', ')} FROM ${quoteIdentifier(name)}`).raw().iterate() as Iterable<string[]>) {
        rows += 1;
        hash.update(JSON.stringify(row));
        for (let i = 0; i < row.length; i += 2) classes.add(row[i] as string);
      }
    }
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    return { digest: hash.digest('hex'), tables: names.length, rows, classes };
  } finally {
    db.close();
  }
}

test('80 seeds make 80 readable databases that differ', () => {
  const digests = new Set<string>();
  const classes = new Set<string>();
  let rows = 0;
  for (let seed = 1; seed <= 80; seed += 1) {
    const file = join(folder, `${seed}.sqlite`);
    makeRandomDatabase(file, seed);
    const made = contents(file);
    expect(made.tables).toBeGreaterThan(0);
    digests.add(made.digest);
    rows += made.rows;
    for (const c of made.classes) classes.add(c);
  }
  // Databases whose tables are all empty look alike.
  expect(digests.size).toBeGreaterThan(72);
  expect(rows).toBeGreaterThan(5_000);
  expect([...classes].sort()).toEqual(['blob', 'integer', 'null', 'real', 'text']);
});

test('the same seed makes the same contents', () => {
  makeRandomDatabase(join(folder, 'a.sqlite'), 42);
  makeRandomDatabase(join(folder, 'b.sqlite'), 42);
  expect(contents(join(folder, 'a.sqlite'))).toEqual(contents(join(folder, 'b.sqlite')));
});
