/** Holds both databases against what the load was told is committed. */
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type pg from 'pg';
import { keyFromText, type LoadKey } from './load/load-key.ts';
import type { LedgerEntry } from './load/load-ledger.ts';
import { countStatement, sameCellStatement, type Side, textsStatement } from './load/load-statements.ts';
import type { LoadColumn, LoadTable } from './load/load-table.ts';

export interface Judgement {
  readonly rows: number;
  readonly cells: number;
  /** Acknowledged and not there. */
  readonly lost: number;
  /** There more than once, or there although its deletion was acknowledged. */
  readonly doubled: number;
  /** There with another value than acknowledged. */
  readonly different: number;
  /** In SQLite the same value in another form of its column. */
  readonly otherForm: number;
  readonly details: readonly string[];
}

const DETAILS = 10;

type First = (sql: string, values: LoadKey) => Promise<readonly unknown[] | undefined>;

export async function judgeLoad(entries: readonly LedgerEntry[], tables: readonly LoadTable[], db: SourceDatabase, client: pg.ClientBase): Promise<Judgement> {
  const ask: Readonly<Record<Side, First>> = {
    sqlite: async (sql, values) => db.prepare(sql).safeIntegers().raw().get(Object.fromEntries(values.map((value, i) => [String(i + 1), value]))) as readonly unknown[] | undefined,
    postgres: async (sql, values) => (await client.query({ text: sql, values: values.map((value) => (Buffer.isBuffer(value) ? value : String(value))), rowMode: 'array' })).rows[0] as readonly unknown[] | undefined,
  };
  const judge = new Judge(tables, ask);
  for (const entry of entries) await judge.entry(entry);
  return { ...judge.counts, details: judge.details };
}

class Judge {
  readonly counts = { rows: 0, cells: 0, lost: 0, doubled: 0, different: 0, otherForm: 0 };
  readonly details: string[] = [];
  private readonly tables: readonly LoadTable[];
  private readonly ask: Readonly<Record<Side, First>>;

  constructor(tables: readonly LoadTable[], ask: Readonly<Record<Side, First>>) {
    this.tables = tables;
    this.ask = ask;
  }

  async entry({ table: at, row, gone, cells }: LedgerEntry): Promise<void> {
    const table = this.tables[at];
    if (table?.judged !== true) return;
    this.counts.rows++;
    const key = keyFromText(row);
    for (const side of ['sqlite', 'postgres'] as const) {
      const found = Number((await this.ask[side](countStatement(table, side), key))?.[0] ?? 0);
      if (found < (gone ? 0 : 1)) this.bad('lost', table, side, 'a row is missing');
      if (found > (gone ? 0 : 1)) this.bad('doubled', table, side, gone ? 'a deleted row is there' : 'a row is there twice');
      if (found === 0 && !gone) return;
    }
    for (const [name, donor] of cells) await this.cell(table, name, [...key, ...keyFromText(donor)]);
  }

  private async cell(table: LoadTable, name: string, values: LoadKey): Promise<void> {
    const column = table.cells.find((c) => c.sqlite === name);
    if (column === undefined) return;
    this.counts.cells++;
    const same = async (side: Side): Promise<boolean | undefined> => {
      const row = await this.ask[side](sameCellStatement(table, column, side), values);
      return row === undefined ? undefined : Number(row[0]) === 1;
    };
    const [here, there] = [await same('sqlite'), await same('postgres')];
    // The donor has gone with a row that it hung on: nothing can be said.
    if (here === undefined || there === undefined) return;
    if (!there) this.bad('different', table, 'postgres', `column ${name} is not what was acknowledged`);
    else if (!here && (await this.isOneValue(table, column, values))) this.counts.otherForm++;
    else if (!here) this.bad('different', table, 'sqlite', `column ${name} is not what was acknowledged`);
  }

  private async isOneValue(table: LoadTable, column: LoadColumn, values: LoadKey): Promise<boolean> {
    const texts = (await this.ask.sqlite(textsStatement(table, column), values)) ?? [null, null];
    if (texts.includes(null)) return false;
    const found = await this.ask.postgres(`SELECT ($1::${column.type})::text = ($2::${column.type})::text`, texts as string[]).catch(() => undefined);
    return found?.[0] === true;
  }

  private bad(what: 'lost' | 'doubled' | 'different', table: LoadTable, side: Side, text: string): void {
    this.counts[what]++;
    if (this.details.length < DETAILS) this.details.push(`${side}: table ${table.sqlite}: ${text}`);
  }
}
