import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { FAILURES } from '@causeway/contracts/failures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { HostileDatabase } from './hostile-database.ts';
import { hostileDatabases } from './hostile-databases.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'hostile-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Makes it in a folder of its own, and unlocks that folder afterwards. */
function withDatabase(hostile: HostileDatabase, look: (file: string) => void): void {
  const folder = join(root, hostile.name);
  mkdirSync(folder);
  const file = join(folder, hostile.fileName ?? `${hostile.name}.sqlite`);
  try {
    hostile.make(file);
    look(file);
  } finally {
    hostile.unlock?.(file);
    rmSync(folder, { recursive: true, force: true });
  }
}

function counts(file: string, tables: readonly string[]): [string, number][] {
  const db = new Database(file);
  try {
    return tables.map((name) => [name, db.prepare(`SELECT count(*) FROM ${quoteIdentifier(name)} NOT INDEXED`).pluck().get() as number]);
  } finally {
    db.close();
  }
}

/** Every page of the table, none of its index. */
function readAll(file: string): unknown {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return db.prepare('SELECT id, v, pad FROM plain NOT INDEXED').all();
  } finally {
    db.close();
  }
}

/** Tables that hold rows, by SQLite's own list. */
function tablesOf(file: string): string[] {
  const db = new Database(file);
  try {
    return db.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").pluck().all() as string[];
  } finally {
    db.close();
  }
}

describe('the catalogue', () => {
  test('has at least 100 databases with unique names', () => {
    expect(hostileDatabases.length).toBeGreaterThanOrEqual(100);
    expect(new Set(hostileDatabases.map((d) => d.name)).size).toBe(hostileDatabases.length);
  });

  test('cites every data item of the hard cases', () => {
    const cited = new Set(hostileDatabases.flatMap((d) => d.cites));
    // 72 and above are faults of live capture, brokers and processes.
    const missing = Array.from({ length: 71 }, (_, i) => String(i + 1)).filter((n) => !cited.has(n));
    expect(missing).toEqual([]);
  });

  test.each(hostileDatabases.map((d) => [d.name, d] as const))('%s: its expectation is complete', (_, { expect: expected }) => {
    const total = (rows: Readonly<Record<string, number>>): number => Object.values(rows).reduce((a, b) => a + b, 0);
    if (expected.outcome === 'refused') expect(FAILURES).toHaveProperty(expected.failure ?? '');
    if (expected.outcome.includes('quarantine')) expect(total(expected.quarantined ?? {})).toBeGreaterThan(0);
    for (const [table, n] of Object.entries(expected.quarantined ?? {})) expect(n).toBeLessThanOrEqual(expected.rows[table] ?? 0);
  });
});

describe('made as promised', () => {
  const readable = hostileDatabases.filter((d) => d.expect.outcome !== 'refused' || Object.keys(d.expect.rows).length > 0);
  test.each(readable.map((d) => [d.name, d] as const))('%s', (_, hostile) => {
    withDatabase(hostile, (file) => {
      expect(counts(file, Object.keys(hostile.expect.rows))).toEqual(Object.entries(hostile.expect.rows));
      const unnamed = tablesOf(file).filter((name) => !Object.hasOwn(hostile.expect.rows, name) && !(hostile.expect.reported ?? []).includes(name));
      expect(unnamed).toEqual([]);
    });
  });

  const broken = hostileDatabases.filter((d) => d.name.startsWith('file-') && d.expect.outcome === 'refused');
  test.each(broken.map((d) => [d.name, d] as const))('%s cannot be read', (_, hostile) => {
    withDatabase(hostile, (file) => {
      expect(() => readAll(file)).toThrow();
    });
  });
});

describe('what a naive reader would miss', () => {
  const named = (name: string): HostileDatabase => hostileDatabases.find((d) => d.name === name) as HostileDatabase;

  test('unmerged frames: the main file alone has other rows', () => {
    withDatabase(named('file-wal-unmerged'), (file) => {
      rmSync(`${file}-wal`);
      expect(counts(file, ['plain'])).toEqual([['plain', 200]]);
      expect(tablesOf(file)).toEqual(['plain']);
    });
  });

  test('hot journal: the main file alone holds uncommitted pages', () => {
    withDatabase(named('file-hot-journal'), (file) => {
      rmSync(`${file}-journal`);
      const db = new Database(file);
      const uncommitted = db.prepare("SELECT count(*) FROM plain NOT INDEXED WHERE v LIKE 'never%'").pluck();
      let damaged = false;
      try {
        damaged = (uncommitted.get() as number) > 0;
      } catch {
        damaged = true;
      } finally {
        db.close();
      }
      expect(damaged).toBe(true);
    });
  });

  test('real storage classes survive in typeless columns', () => {
    withDatabase(named('key-typeless'), (file) => {
      const db = new Database(file, { readonly: true });
      expect(db.prepare('SELECT typeof(k) FROM typeless ORDER BY rowid').pluck().all()).toEqual(['integer', 'text', 'blob', 'real', 'text', 'integer', 'text', 'blob']);
      db.close();
    });
  });

  test('NULs and invalid bytes are really in the text', () => {
    withDatabase(named('text-bad-utf8'), (file) => {
      const db = new Database(file, { readonly: true });
      expect(db.prepare("SELECT hex(t) FROM bad WHERE id = 5 AND typeof(t) = 'text'").pluck().get()).toBe('EDA0BDEDB88D');
      db.close();
    });
  });
});
