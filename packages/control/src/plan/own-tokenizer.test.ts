/** Full-text tables whose tokenizer no other library has: read where SQLite can, never written, and never left behind in silence. */
import { afterAll, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { capturedTables } from '../capture/captured-table.ts';
import { contractsFromPlan } from './contracts-from-plan.ts';
import { discoverSchema } from './discover-schema.ts';
import { makePlan } from './make-plan.ts';

const open: Database.Database[] = [];
afterAll(() => {
  for (const db of open) db.close();
});

/** The application's tokenizer, as any other library meets it. */
function withTokenizer(module: string): Database.Database {
  const db = new Database(':memory:');
  db.exec(`CREATE VIRTUAL TABLE m USING ${module}(body, tokenize=unicode61); INSERT INTO m VALUES ('one two')`);
  db.unsafeMode();
  db.exec("PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = replace(sql, 'unicode61', 'own_words') WHERE name = 'm'; PRAGMA writable_schema = RESET");
  const copy = new Database(db.serialize());
  db.close();
  open.push(copy);
  return copy;
}

test('an FTS5 table is moved, and refused by name where it would have to be written', () => {
  const db = withTokenizer('fts5');
  const schema = discoverSchema(db);
  const plan = makePlan(db, schema, { names: 'exact', targetSchema: 'public', full: true });
  expect(plan.tables.map((t) => [t.name, t.action])).toEqual([['m', 'move']]);
  expect(() => capturedTables(schema, contractsFromPlan(plan, schema))).toThrow(/own tokenizer "own_words".*action: skip/);
});

test('an FTS4 table cannot even be read: that wants a decision', () => {
  const db = withTokenizer('fts4');
  const plan = makePlan(db, discoverSchema(db), { names: 'exact', targetSchema: 'public', full: true });
  expect(plan.objects.find((o) => o.name === 'm')).toMatchObject({ kind: 'virtual_table', fidelity: 'needs_decision', notes: [expect.stringContaining('unknown tokenizer')] });
});
