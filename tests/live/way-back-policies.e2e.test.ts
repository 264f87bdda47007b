/** Policies on the way back: what a policy has made of a cell is no change of it, and what the application writes is. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { planFromYaml, planToYaml } from '@causeway/control/plan/plan-document';
import type { Bench } from '@causeway/testkit/causeway-command';
import Database from 'better-sqlite3';
import { WayBack } from './way-back.fixture.ts';

let way: WayBack;
afterEach(() => way.close());

const SQL = `
CREATE TABLE person (id INTEGER PRIMARY KEY, active BOOLEAN, born DATE, note TEXT, v INTEGER);
WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 400) INSERT INTO person SELECT i, i % 2, '2024-01-02', 'note', i FROM k;
UPDATE person SET active = 'maybe', born = '2024-02-30', note = CAST(x'6100ff62' AS TEXT) WHERE id IN (1, 2, 3);`;

async function planned(bench: Bench, file: string): Promise<string> {
  const path = join(bench.folder, 'plan.yaml');
  await bench.run(['plan', file, '-o', path]);
  const plan = planFromYaml(readFileSync(path, 'utf8'), path);
  for (const table of plan.tables) for (const column of table.columns) if (column.name === 'active' || column.name === 'born') column.policy = 'null';
  for (const table of plan.tables) for (const column of table.columns) if (column.name === 'note') column.policy = 'replace';
  writeFileSync(path, planToYaml(plan));
  return path;
}

test('an untouched cell keeps its bytes under every policy; a new value takes its place', async () => {
  way = await WayBack.open((file) => {
    const db = new Database(file);
    db.exec(SQL);
    db.close();
  }, 'embedded', planned);
  way.reader();
  way.sink();
  await way.app.query('UPDATE person SET v = 1000 WHERE id = 1');
  await way.app.query("UPDATE person SET active = true, note = 'new' WHERE id = 2");
  await way.drain();
  expect(await way.problems()).toEqual([]);
  const cells = (db: Database.Database): unknown[] => db.prepare('SELECT active, born, hex(note), v FROM person WHERE id <= 3 ORDER BY id').raw().all();
  expect(way.read(cells)).toEqual([
    ['maybe', '2024-02-30', '6100FF62', 1000],
    [1, '2024-02-30', '6E6577', 2],
    ['maybe', '2024-02-30', '6100FF62', 3],
  ]);
});
