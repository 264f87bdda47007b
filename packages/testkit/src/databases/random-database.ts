/**
 * A whole random database for property tests: the same seed gives the same contents. Everything in it is legal SQLite;
 * no run may lose a row of it. Print the seed before using the file.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import Database from 'better-sqlite3';
import { type SeededRandom, seededRandom } from '../seeded-random.ts';
import { type RandomColumn, type RandomTable, randomTable } from './random-table.ts';
import { anyValue, plausibleValue, type RandomValue } from './random-value.ts';

export function makeRandomDatabase(file: string, seed: number): void {
  const random = seededRandom(seed);
  const db = new Database(file);
  try {
    db.pragma(`encoding = '${random.pick(['UTF-8', 'UTF-8', 'UTF-8', 'UTF-16le', 'UTF-16be'])}'`);
    db.pragma(`page_size = ${random.pick([512, 1024, 4096, 4096, 65536])}`);
    db.pragma('synchronous = off');
    db.pragma('foreign_keys = off');
    db.transaction(() => fillDatabase(db, random))();
    if (random.oneIn(3)) db.pragma('journal_mode = wal');
  } finally {
    db.close();
  }
}

function fillDatabase(db: Database.Database, random: SeededRandom): void {
  const names = new Set<string>();
  const tables: RandomTable[] = [];
  for (let i = random.integer(1, 6); i > 0; i -= 1) {
    const table = randomTable(random, names);
    db.exec(table.ddl);
    tables.push(table);
    for (let rows = random.pick([0, 1, 5, 40, 40, 150, 400]); rows > 0; rows -= 1) insertRow(db, table, random);
    if (random.oneIn(4)) deleteSome(db, table, random);
  }
  for (const table of tables) addObjects(db, table, { random, names });
}

/** A row that its table's constraints refuse is not written: those are the application's rules, and legal data is what is wanted. */
function insertRow(db: Database.Database, table: RandomTable, random: SeededRandom): void {
  const values = table.columns.map((column, i) => valueFor(column, i, random));
  const places = values.map((v) => (isRawText(v) ? 'CAST(? AS TEXT)' : '?'));
  const columns = table.columns.map((c) => quoteIdentifier(c.name));
  // Twice the same row in one of fifteen: where there is no key both must arrive.
  const times = random.oneIn(15) ? 2 : 1;
  const statement = db.prepare(`INSERT OR IGNORE INTO ${quoteIdentifier(table.name)} (${columns.join(', ')}) VALUES (${places.join(', ')})`);
  try {
    for (let n = 0; n < times; n += 1) statement.run(values.map((v) => (isRawText(v) ? v.text : v)));
  } catch (error) {
    if (!((error as { code?: string }).code ?? '').startsWith('SQLITE_CONSTRAINT')) throw error;
  }
}

function isRawText(value: RandomValue): value is { readonly text: Buffer } {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value);
}

function valueFor(column: RandomColumn, index: number, random: SeededRandom): RandomValue {
  switch (column.mood) {
    case 'empty':
      return null;
    case 'same':
      return plausibleValue(column.declared, seededRandom(index));
    case 'wild':
      return anyValue(random);
    case 'careless':
      return random.oneIn(100) ? anyValue(random) : random.oneIn(10) ? null : plausibleValue(column.declared, random);
    default:
      return random.oneIn(10) ? null : plausibleValue(column.declared, random);
  }
}

/** Gaps in the rowids, free pages, a sequence that is ahead of the rows. */
function deleteSome(db: Database.Database, table: RandomTable, random: SeededRandom): void {
  const first = quoteIdentifier((table.columns[0] as RandomColumn).name);
  db.prepare(`DELETE FROM ${quoteIdentifier(table.name)} WHERE length(CAST(${first} AS BLOB)) % 7 = ?`).run(BigInt(random.integer(0, 6)));
}

function addObjects(db: Database.Database, table: RandomTable, { random, names }: { random: SeededRandom; names: Set<string> }): void {
  const column = (): string => quoteIdentifier(random.pick(table.columns).name);
  const on = quoteIdentifier(table.name);
  const objectName = (kind: string): string => {
    const name = `${kind} ${names.size} of ${table.name}`;
    names.add(name.toLowerCase());
    return quoteIdentifier(name);
  };
  if (random.oneIn(2)) db.exec(`CREATE INDEX ${objectName('index')} ON ${on} (${column()} DESC, ${column()})`);
  if (random.oneIn(4)) db.exec(`CREATE INDEX ${objectName('partial')} ON ${on} (${column()}) WHERE ${column()} IS NOT NULL`);
  if (random.oneIn(4)) db.exec(`CREATE INDEX ${objectName('expression')} ON ${on} (length(${column()}))`);
  if (random.oneIn(4)) db.exec(`CREATE VIEW ${objectName('view')} AS SELECT count(*) AS n FROM ${on} WHERE ${column()} IS NOT NULL`);
  if (random.oneIn(5)) db.exec(`ALTER TABLE ${on} ADD COLUMN "added later" INTEGER DEFAULT 7`);
}
