/** Which form a date column gets that counts from elsewhere, or is still empty. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { discoverSchema } from './discover-schema.ts';
import { makePlan } from './make-plan.ts';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** `column type form` of each column of the table. */
function planned(sql: string, table: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-dates-'));
  folders.push(folder);
  const db = new Database(join(folder, 'a.sqlite'));
  try {
    db.exec(sql);
    const plan = makePlan(db, discoverSchema(db), { names: 'exact', targetSchema: 'public', full: true });
    return (plan.tables.find((t) => t.name === table)?.columns ?? []).map((c) => `${c.name} ${c.type} ${c.form}`);
  } finally {
    db.close();
  }
}

describe('dates', () => {
  it('of Core Data count from 2001: they stay numbers, whole seconds too', () => {
    const sql = 'CREATE TABLE ZNOTE (Z_PK INTEGER PRIMARY KEY, ZDAY TIMESTAMP, ZAT TIMESTAMP, ZDUE TIMESTAMP); INSERT INTO ZNOTE VALUES (1, 700012800, 700012800.5, NULL)';
    expect(planned(sql, 'ZNOTE')).toEqual(['Z_PK bigint plain', 'ZDAY double precision plain', 'ZAT double precision plain', 'ZDUE double precision plain']);
  });

  it('that are not there yet are expected in the form of those beside them', () => {
    const sql = 'CREATE TABLE u (id INTEGER PRIMARY KEY, at DATETIME, gone DATETIME); INSERT INTO u VALUES (1, 1700000000000, NULL); CREATE TABLE e (id INTEGER PRIMARY KEY, at DATETIME)';
    expect(planned(sql, 'u')[2]).toBe('gone timestamp with time zone epoch_ms');
    expect(planned(sql, 'e')[1]).toBe('at timestamp with time zone epoch_ms');
  });

  it('of several forms say nothing about a column without one', () => {
    const sql = "CREATE TABLE u (id INTEGER PRIMARY KEY, a DATETIME, b DATETIME, gone DATETIME); INSERT INTO u VALUES (1, 1700000000000, '2024-01-01 00:00:00', NULL)";
    expect(planned(sql, 'u')[3]).toBe('gone timestamp with time zone plain');
  });
});
