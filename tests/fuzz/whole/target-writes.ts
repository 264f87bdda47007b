/** What the application writes once PostgreSQL is the primary: values that the columns have, moved about, and rows that go. */
import type { SeededRandom } from '@causeway/testkit/seeded-random';
import type pg from 'pg';
import { quoted } from '../capture/random-words.ts';

export interface MovedTable {
  readonly table: number;
  readonly source: string;
  readonly targetSchema: string;
  readonly target: string;
  readonly key: readonly string[];
  readonly columns: readonly { readonly source: string; readonly target: string; readonly type: { readonly kind: string } }[];
}

/** How many statements PostgreSQL took; its constraints refuse some, as they would any application. */
export async function writeTarget(client: pg.Client, random: SeededRandom, tables: readonly MovedTable[]): Promise<number> {
  let written = 0;
  for (const table of tables) {
    const name = `${quoted(table.targetSchema)}.${quoted(table.target)}`;
    for (let n = random.integer(2, 5); n > 0; n--) {
      const column = quoted(random.pick(table.columns).target);
      const row = `ctid = (SELECT ctid FROM ${name} ORDER BY random() LIMIT 1)`;
      const all = table.columns.map((c) => quoted(c.target)).join(', ');
      const sql = random.pick([
        `UPDATE ${name} SET ${column} = (SELECT ${column} FROM ${name} ORDER BY random() LIMIT 1) WHERE ${row}`,
        `UPDATE ${name} SET ${column} = NULL WHERE ${row}`,
        `UPDATE ${name} SET ${column} = ${column}`,
        `DELETE FROM ${name} WHERE ${row}`,
        `WITH gone AS (DELETE FROM ${name} WHERE ${row} RETURNING *) SELECT 1`,
        `INSERT INTO ${name} (${all}) SELECT ${all} FROM ${name} LIMIT 1`,
        `INSERT INTO ${name} DEFAULT VALUES`,
      ]);
      const result = await client.query(sql).catch(() => null);
      if (result !== null) written++;
    }
  }
  return written;
}
