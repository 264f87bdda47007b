/** Triggers and views of the application. */
import type { SeededRandom } from '@causeway/testkit/seeded-random';
import type { RandomTable } from './random-schema.ts';
import { drawLiteral, quoted } from './random-words.ts';

export function drawTrigger(random: SeededRandom, tables: readonly RandomTable[], { name, recursive }: { name: string; recursive: boolean }): string {
  const at = random.integer(0, tables.length - 1);
  const table = tables[at] as RandomTable;
  const event = random.pick(['INSERT', 'UPDATE', 'DELETE']);
  // With recursion only tables that were made later, so that it ends.
  const reachable = recursive ? tables.slice(at + 1) : tables;
  const row = event === 'INSERT' ? 'NEW' : event === 'DELETE' ? 'OLD' : random.pick(['NEW', 'OLD']);
  const when = random.oneIn(2) ? ` WHEN ${row}.${quoted(random.pick(table.all))} ${random.pick(['IS NOT', '=', '<', '>'])} ${drawLiteral(random)}` : '';
  const of = event === 'UPDATE' && random.oneIn(3) ? ` OF ${quoted(random.pick(table.columns))}` : '';
  const body = Array.from({ length: random.integer(1, 2) }, () => bodyStatement(random, table, reachable, row));
  return `CREATE TRIGGER ${quoted(name)} ${random.pick(['BEFORE', 'AFTER'])} ${event}${of} ON ${quoted(table.name)}${when} BEGIN ${body.join('; ')}; END`;
}

function bodyStatement(random: SeededRandom, table: RandomTable, reachable: readonly RandomTable[], row: string): string {
  if (reachable.length === 0 || random.oneIn(6)) return `SELECT RAISE(${random.pick(['IGNORE', "ABORT, 'no'", "FAIL, 'no'", "ROLLBACK, 'no'"])}) WHERE ${row}.${quoted(random.pick(table.all))} = ${drawLiteral(random)}`;
  return writeOf(random, random.pick(reachable), () => (random.oneIn(2) ? `${row}.${quoted(random.pick(table.all))}` : drawLiteral(random)));
}

/** One write whose values come from `value`, as it may stand in a trigger. */
function writeOf(random: SeededRandom, { name, columns, all }: RandomTable, value: () => string): string {
  const where = `${quoted(random.pick(all))} IS ${value()}`;
  switch (random.integer(0, 3)) {
    case 0:
      return `DELETE FROM ${quoted(name)} WHERE ${where}`;
    case 1:
      return `UPDATE${random.pick(['', ' OR REPLACE', ' OR IGNORE'])} ${quoted(name)} SET ${quoted(random.pick(columns))} = ${value()} WHERE ${where}`;
    case 2:
      return `INSERT INTO ${quoted(name)} (${columns.map(quoted).join(', ')}) VALUES (${columns.map(value).join(', ')}) ON CONFLICT DO UPDATE SET ${quoted(random.pick(columns))} = ${value()}`;
    default:
      return `INSERT${random.pick(['', ' OR REPLACE', ' OR IGNORE', ' OR FAIL'])} INTO ${quoted(name)} (${columns.map(quoted).join(', ')}) VALUES (${columns.map(value).join(', ')})`;
  }
}

export function drawView(random: SeededRandom, table: RandomTable, name: string, triggerName: () => string): { view: string; triggers: string[]; table: RandomTable } {
  const list = table.columns.map(quoted).join(', ');
  const triggers = ['INSERT', 'UPDATE', 'DELETE'].map((event) => {
    const row = event === 'DELETE' ? 'OLD' : 'NEW';
    const body = writeOf(random, table, () => (random.oneIn(3) ? drawLiteral(random) : `${row}.${quoted(random.pick(table.columns))}`));
    return `CREATE TRIGGER ${quoted(triggerName())} INSTEAD OF ${event} ON ${quoted(name)} BEGIN ${body}; END`;
  });
  return { view: `CREATE VIEW ${quoted(name)} AS SELECT ${list} FROM ${quoted(table.name)}`, triggers, table: { name, columns: table.columns, all: table.columns, withoutRowid: true, parents: [] } };
}
