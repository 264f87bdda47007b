/** The sink and an application that keeps SQLite to itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPassing } from '@causeway/runtime/passing-trouble';
import Database from 'better-sqlite3';
import { expect, test } from '@jest/globals';
import { openSink } from './open-sink.ts';

test('a source that is locked for a moment is trouble that passes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sink-'));
  const file = join(folder, 'app.sqlite');
  const application = new Database(file);
  try {
    application.exec('CREATE TABLE t (id INTEGER PRIMARY KEY); BEGIN EXCLUSIVE');
    let met: unknown;
    try {
      openSink(file).close();
    } catch (error) {
      met = error;
    }
    expect(met).toMatchObject({ code: 'SQLITE_BUSY' });
    expect(isPassing(met)).toBe(true);
    application.exec('ROLLBACK');
    openSink(file).close();
  } finally {
    application.close();
    rmSync(folder, { recursive: true });
  }
});
