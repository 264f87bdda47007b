/** Schemas of every kind that SQLite allows. What the library refuses is left out, so that a drawn model is what is there. */
import type { SeededRandom } from '@causeway/testkit/seeded-random';
import { drawCondition, drawExpression } from './random-expression.ts';
import { drawCollation, drawConflict, drawDefault, drawLiteral, drawType, freshName, quoted } from './random-words.ts';
import { drawTrigger, drawView } from './random-triggers.ts';

export interface RandomTable {
  readonly name: string;
  /** Those that a statement may write. */
  readonly columns: readonly string[];
  readonly all: readonly string[];
  readonly withoutRowid: boolean;
  /** What a foreign key may point at. */
  readonly parents: readonly (readonly string[])[];
}

export interface RandomSchema {
  readonly ddl: readonly string[];
  readonly tables: readonly RandomTable[];
  /** Views that INSTEAD OF triggers make writable. */
  readonly views: readonly RandomTable[];
}

/** `accepts` tries a statement on a scratch database. `recursive`: triggers may not call each other in circles, or nothing would end. */
export function drawSchema(random: SeededRandom, accepts: (sql: string) => boolean, recursive: boolean): RandomSchema {
  const ddl: string[] = [];
  const tables: RandomTable[] = [];
  const views: RandomTable[] = [];
  const names = new Set<string>();
  const keep = (sql: string): boolean => {
    const good = accepts(sql);
    if (good) ddl.push(sql);
    return good;
  };
  for (let wanted = random.integer(1, 4), tries = 0; tables.length < wanted && tries < 30; tries++) {
    const { table, sql } = drawTable(random, freshName(random, names, 'table'), tables);
    if (keep(sql)) tables.push(table);
  }
  for (const table of tables) for (let n = random.pick([0, 0, 1, 1, 2, 3]); n > 0; n--) keep(drawIndex(random, table, freshName(random, names, 'object')));
  for (let n = random.pick([0, 0, 0, 1, 2, 3]); n > 0; n--) keep(drawTrigger(random, tables, { name: freshName(random, names, 'object'), recursive }));
  if (random.oneIn(5) && tables.length > 0) {
    const view = drawView(random, random.pick(tables), freshName(random, names, 'table'), () => freshName(random, names, 'object'));
    if (keep(view.view)) {
      for (const trigger of view.triggers) keep(trigger);
      views.push(view.table);
    }
  }
  return { ddl, tables, views };
}

function drawTable(random: SeededRandom, name: string, others: readonly RandomTable[]): { table: RandomTable; sql: string } {
  const strict = random.oneIn(8);
  const taken = new Set<string>();
  const all = Array.from({ length: random.integer(1, 5) }, () => freshName(random, taken, 'column'));
  const plain = all.filter((_, i) => i === 0 || !random.oneIn(7));
  const kind = random.pick(['rowid', 'rowid', 'auto', 'desc', 'int', 'one', 'one', 'composite', 'composite', 'table', 'none', 'none']);
  const withoutRowid = !['auto', 'none', 'desc'].includes(kind) && random.oneIn(4);
  const self: RandomTable = { name, columns: plain, all, withoutRowid, parents: [] };
  const keyAt = random.integer(0, plain.length - 1);
  const parts = all.map((column) => {
    const keyed = column === plain[keyAt] ? kind : '';
    return plain.includes(column) ? columnText(random, column, keyed, { strict, all, tables: [...others, self] }) : computedText(random, column, plain, strict);
  });
  const parents: string[][] = plain.filter((column) => parts[all.indexOf(column)]?.match(/PRIMARY KEY|UNIQUE/)).map((column) => [column]);
  if (kind === 'composite' || kind === 'table') {
    const key = plain.filter((_, i) => i === 0 || random.oneIn(2)).slice(0, kind === 'table' ? 1 : 3);
    parts.push(`PRIMARY KEY (${key.map((column) => keyPart(random, column)).join(', ')})${onConflict(random)}`);
    parents.push(key);
  }
  for (let n = random.pick([0, 0, 0, 1, 1, 2]); n > 0; n--) {
    const unique = all.filter(() => random.oneIn(2));
    if (unique.length > 0) parts.push(`UNIQUE (${unique.map((column) => keyPart(random, column)).join(', ')})${onConflict(random)}`);
  }
  if (random.oneIn(8)) parts.push(`CHECK (${drawCondition(random, all)})`);
  if (random.oneIn(6)) {
    const child = plain.filter(() => random.oneIn(2)).slice(0, 2);
    const reference = referenceText(random, [...others, { ...self, parents }], child.length);
    if (child.length > 0 && reference !== null) parts.push(`FOREIGN KEY (${child.map(quoted).join(', ')}) ${reference}`);
  }
  const options = [...(withoutRowid ? ['WITHOUT ROWID'] : []), ...(strict ? ['STRICT'] : [])].join(', ');
  return { table: { ...self, parents }, sql: `CREATE TABLE ${quoted(name)} (${parts.join(', ')}) ${options}` };
}

const onConflict = (random: SeededRandom): string => (random.oneIn(3) ? ` ON CONFLICT ${drawConflict(random)}` : '');
const keyPart = (random: SeededRandom, column: string): string => `${quoted(column)}${random.oneIn(5) ? ` COLLATE ${drawCollation(random)}` : ''}${random.oneIn(5) ? ' DESC' : ''}`;

const KEY_TEXT: Readonly<Record<string, string>> = { rowid: 'INTEGER PRIMARY KEY', auto: 'INTEGER PRIMARY KEY AUTOINCREMENT', desc: 'INTEGER PRIMARY KEY DESC', int: 'INT PRIMARY KEY' };

function columnText(random: SeededRandom, column: string, key: string, { strict, all, tables }: { strict: boolean; all: readonly string[]; tables: readonly RandomTable[] }): string {
  const name = quoted(column);
  if (KEY_TEXT[key] !== undefined) return `${name} ${KEY_TEXT[key]?.replace(/KEY( DESC)?/, (text) => `${text}${onConflict(random)}`)}`;
  const words = [name, drawType(random, strict)];
  if (random.oneIn(4)) words.push(`NOT NULL${onConflict(random)}`);
  if (random.oneIn(3)) words.push(`DEFAULT ${drawDefault(random)}`);
  if (random.oneIn(5)) words.push(`COLLATE ${drawCollation(random)}`);
  if (key === 'one') words.push(`PRIMARY KEY${random.oneIn(6) ? ' DESC' : ''}${onConflict(random)}`);
  else if (random.oneIn(4)) words.push(`UNIQUE${onConflict(random)}`);
  if (random.oneIn(12)) words.push(`CHECK (${drawCondition(random, all)})`);
  if (random.oneIn(5)) words.push(referenceText(random, tables, 1) ?? '');
  return words.join(' ');
}

function computedText(random: SeededRandom, column: string, plain: readonly string[], strict: boolean): string {
  return `${quoted(column)} ${drawType(random, strict)} AS (${drawExpression(random, plain)}) ${random.pick(['STORED', 'VIRTUAL'])}${random.oneIn(3) ? ` UNIQUE${onConflict(random)}` : ''}`;
}

function referenceText(random: SeededRandom, tables: readonly RandomTable[], width: number): string | null {
  const parents = tables.flatMap((table) => table.parents.filter((key) => key.length === width).map((key) => ({ table, key })));
  if (parents.length === 0) return null;
  const { table, key } = random.pick(parents);
  const action = (): string => random.pick(['CASCADE', 'CASCADE', 'SET NULL', 'SET DEFAULT', 'RESTRICT', 'NO ACTION']);
  return `REFERENCES ${quoted(table.name)} (${key.map(quoted).join(', ')}) ON DELETE ${action()} ON UPDATE ${action()}${random.oneIn(3) ? ' DEFERRABLE INITIALLY DEFERRED' : ''}`;
}

function drawIndex(random: SeededRandom, table: RandomTable, name: string): string {
  const parts = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, () => {
    const text = random.oneIn(2) ? quoted(random.pick(table.all)) : `(${drawExpression(random, table.all)})`;
    return `${text}${random.oneIn(5) ? ` COLLATE ${drawCollation(random)}` : ''}${random.oneIn(6) ? ' DESC' : ''}`;
  });
  const where = random.oneIn(3) ? ` WHERE ${drawCondition(random, table.all)}` : '';
  return `CREATE ${random.oneIn(6) ? '' : 'UNIQUE '}INDEX ${quoted(name)} ON ${quoted(table.name)} (${parts.join(', ')})${where}`;
}

/** Rows that are there before anybody captures: what the constraints refuse is not. */
export function drawFill(random: SeededRandom, tables: readonly RandomTable[]): string[] {
  return tables.flatMap((table) =>
    Array.from({ length: random.pick([0, 2, 4, 8]) }, () => `INSERT OR IGNORE INTO ${quoted(table.name)} (${table.columns.map(quoted).join(', ')}) VALUES (${table.columns.map(() => drawLiteral(random)).join(', ')})`),
  );
}
