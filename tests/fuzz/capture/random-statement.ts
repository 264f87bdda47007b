/** What an application may say to the tables of a random schema: every verb, every conflict clause, savepoints, temporary tables, attached files. */
import type { SeededRandom } from '@causeway/testkit/seeded-random';
import type { RandomSchema, RandomTable } from './random-schema.ts';
import { drawLiteral, quoted } from './random-words.ts';

const VERBS = ['INSERT', 'INSERT', 'INSERT OR REPLACE', 'REPLACE', 'REPLACE', 'INSERT OR IGNORE', 'INSERT OR FAIL', 'INSERT OR ROLLBACK', 'INSERT OR ABORT', 'SELECT', 'DEFAULTS', 'UPDATE', 'UPDATE', 'UPDATE OR REPLACE', 'UPDATE OR REPLACE', 'UPDATE OR IGNORE', 'UPDATE OR FAIL', 'UPDATE OR ROLLBACK', 'FROM', 'SHIFT', 'SWAP', 'DELETE', 'DELETE', 'UPSERT', 'UPSERT', 'NOTHING', 'CLEAR', 'ROWID', 'ROWID INSERT', 'SAVEPOINT', 'DEFER', 'TEMP'] as const;

export function drawStatement(random: SeededRandom, schema: RandomSchema): string[] {
  const target = schema.views.length > 0 && random.oneIn(6) ? random.pick(schema.views) : random.pick(schema.tables);
  const verb = random.pick(VERBS);
  if (verb === 'SAVEPOINT') return ['SAVEPOINT s', ...Array.from({ length: random.integer(1, 2) }, () => write(random, target, random.pick(['REPLACE', 'UPDATE', 'DELETE', 'INSERT']))), ...(random.oneIn(2) ? ['ROLLBACK TO s'] : []), 'RELEASE s'];
  if (verb === 'DEFER') return ['PRAGMA defer_foreign_keys = on'];
  if (verb === 'TEMP') return [`CREATE TEMP TABLE IF NOT EXISTS ${quoted(random.pick(schema.tables).name)} (x)`, write(random, target, 'REPLACE'), `DROP TABLE IF EXISTS temp.${quoted(random.pick(schema.tables).name)}`];
  return [write(random, target, verb)];
}

function write(random: SeededRandom, table: RandomTable, verb: string): string {
  const { columns, all } = table;
  const name = `${random.oneIn(5) ? 'main.' : ''}${quoted(table.name)}`;
  const some = columns.filter(() => !random.oneIn(4));
  const used = some.length === 0 ? columns : some;
  const list = used.map(quoted).join(', ');
  const values = (): string => used.map(() => drawLiteral(random)).join(', ');
  const where = `WHERE ${quoted(random.pick(all))} ${random.pick(['=', 'IS', '<', '>=', 'IS NOT'])} ${drawLiteral(random)}`;
  const sets = (): string => used.map((c) => `${quoted(c)} = ${random.oneIn(5) ? quoted(random.pick(all)) : drawLiteral(random)}`).join(', ');
  const tail = random.oneIn(4) ? ' RETURNING *' : '';
  const first = quoted(random.pick(columns));
  if (table.withoutRowid && verb.startsWith('ROWID')) return `REPLACE INTO ${name} (${list}) VALUES (${values()})`;
  switch (verb) {
    case 'CLEAR':
      return `DELETE FROM ${name}${random.oneIn(3) ? '' : ` ${where}`}`;
    case 'ROWID':
      return `UPDATE${random.pick(['', ' OR REPLACE'])} ${name} SET ${random.pick(['rowid', 'oid', '_rowid_'])} = ${random.integer(-1, 4)} WHERE rowid ${random.pick(['=', '>'])} ${random.integer(1, 4)}`;
    case 'ROWID INSERT':
      return `INSERT OR REPLACE INTO ${name} (${random.pick(['rowid', '_rowid_', 'oid'])}, ${list}) VALUES (${random.pick(['1', '2', '3', '-1', 'NULL', "'2'"])}, ${values()})${tail}`;
    case 'UPSERT':
      return `INSERT INTO ${name} (${list}) VALUES (${values()}), (${values()}) ON CONFLICT DO UPDATE SET ${first} = ${random.pick([drawLiteral(random), `excluded.${quoted(random.pick(columns))}`])}${tail}`;
    case 'NOTHING':
      return `INSERT INTO ${name} (${list}) VALUES (${values()}), (${values()}) ON CONFLICT DO NOTHING${tail}`;
    case 'DEFAULTS':
      return `${random.pick(['INSERT', 'REPLACE'])} INTO ${name} DEFAULT VALUES${tail}`;
    case 'SELECT':
      return `INSERT ${random.pick(['OR REPLACE', 'OR IGNORE', ''])} INTO ${name} (${list}) SELECT ${used.map(() => (random.oneIn(3) ? drawLiteral(random) : quoted(random.pick(all)))).join(', ')} FROM ${name} ${where}`;
    case 'FROM':
      return `UPDATE${random.pick(['', ' OR REPLACE'])} ${name} AS u SET ${first} = s.${quoted(random.pick(all))} FROM (SELECT * FROM ${name} ${where}) AS s WHERE s.${quoted(random.pick(all))} IS u.${quoted(random.pick(all))}`;
    case 'SHIFT':
      return `UPDATE${random.pick(['', ' OR REPLACE'])} ${name} SET ${first} = ${first} ${random.pick(['+', '-', '||'])} 1`;
    case 'SWAP':
      return `UPDATE OR REPLACE ${name} SET ${first} = CASE ${first} WHEN 1 THEN 2 WHEN 2 THEN 1 WHEN 'a' THEN 'A' ELSE ${first} END`;
    case 'DELETE':
      return `DELETE FROM ${name} ${where}${tail}`;
    default:
      return verb.startsWith('UPDATE') ? `${verb} ${name} SET ${sets()} ${where}${tail}` : `${verb} INTO ${name} (${list}) VALUES (${values()})${random.oneIn(4) ? `, (${values()})` : ''}${tail}`;
  }
}

/** Statements on the schema, as an application's own migration has them. */
export function drawSchemaChange(random: SeededRandom, schema: RandomSchema): string {
  const table = random.pick(schema.tables);
  const name = quoted(table.name);
  const column = quoted(random.pick(table.all));
  switch (random.integer(0, 6)) {
    case 0:
      return `ALTER TABLE ${name} ADD COLUMN "added" ${random.pick(['', 'TEXT', "INTEGER NOT NULL DEFAULT 7", "TEXT COLLATE NOCASE DEFAULT 'x'"])}`;
    case 1:
    case 2:
      return `ALTER TABLE ${name} DROP COLUMN ${column}`;
    case 3:
      return `ALTER TABLE ${name} RENAME COLUMN ${column} TO "renamed"`;
    case 4:
      return `ALTER TABLE ${name} RENAME TO ${random.pick(['"moved"', '"old"', '"new"'])}`;
    case 5:
      return `CREATE UNIQUE INDEX "late" ON ${name} (${column})`;
    default:
      return random.oneIn(2) ? `DROP TABLE ${name}` : 'VACUUM';
  }
}
