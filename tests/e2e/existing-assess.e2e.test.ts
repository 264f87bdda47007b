/** What an assessment beside the application's own tables foretells is what the migration then does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import Database from 'better-sqlite3';
import pg from 'pg';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench('existing_assess');
});
afterEach(() => bench.close());

const SQLITE = `
  create table t (id integer primary key, name text, qty integer, price decimal, day text);
  insert into t values (1, 'short', 1, 1.25, '2024-01-01'), (2, 'far too long for it', 2, 2, '2024-01-02'), (3, null, 3, 3, '2024-01-03'), (4, 'd', 99999, 4, '2024-01-04'), (5, 'e', 5, 5.125, '2024-01-05'), (6, 'f', 6, 6, 'soon'), (7, 'g', 7, 7, null);`;
const POSTGRES = 'create table t (id bigint primary key, name varchar(10) not null, qty smallint, price numeric(8, 2), day date)';

async function prepared(): Promise<string> {
  const file = join(bench.folder, 'app.sqlite');
  const db = new Database(file);
  db.exec(SQLITE);
  db.close();
  const client = new pg.Client({ connectionString: bench.database.url });
  await client.connect();
  await client.query(POSTGRES);
  await client.end();
  return file;
}

async function idsOfTarget(): Promise<number[]> {
  const client = new pg.Client({ connectionString: bench.database.url });
  await client.connect();
  const { rows } = await client.query('select id::int from t order by id');
  await client.end();
  return rows.map((r) => r.id as number);
}

test('overlong text, NULL, range, scale and dates by the types of the target', async () => {
  const file = await prepared();
  // Without a policy the migration refuses to begin, and so does the assessment, with the same words.
  const refused = await bench.run(['assess', file, '--schema', 'existing', '--json']);
  const refusedToo = await bench.run(['migrate', file, '--schema', 'existing', '--json']);
  expect(refused.code).toBe(refusedToo.code);
  expect(refused.code).not.toBe(0);
  const why = (text: string): string => /\d+ value[^"\n]*|do(?:es)? not fit[^"\n]*/.exec(text)?.[0] ?? text;
  expect(why(refused.stdout + refused.stderr)).toBe(why(refusedToo.stdout + refusedToo.stderr));

  // With one it tells the rows that stay behind, and exactly these do.
  const plan = join(bench.folder, 'plan.yaml');
  await bench.run(['plan', file, '-o', plan]);
  writeFileSync(plan, readFileSync(plan, 'utf8').replace(/^( +)action: move$/m, '$1action: move\n$1policy: quarantine'));
  const listed = join(bench.folder, 'rows.jsonl');
  const foretold = await bench.run(['assess', file, '--schema', 'existing', '--plan', plan, '--rows', listed, '--json']);
  const keys = readFileSync(listed, 'utf8').trim().split('\n').map((line) => Number(Buffer.from(JSON.parse(line).key.id.base64, 'base64').toString()));
  expect([foretold.code, keys.toSorted()]).toEqual([1, [2, 3, 4, 5, 6]]);
  const migrated = await bench.run(['migrate', file, '--schema', 'existing', '--plan', plan, '--json']);
  expect(migrated.outcome.tables[0]?.quarantinedRows).toBe(keys.length);
  expect(await idsOfTarget()).toEqual([1, 7]);
});
