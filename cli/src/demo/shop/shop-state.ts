/** What the application's acknowledged transactions add up to: the ledger's side of every comparison. Pure. */
import { keyOf, type Row, SHOP_TABLES, type ShopTable } from './shop-schema.ts';

/** One row after a transaction; `row` null: it is gone. */
export interface Effect {
  readonly table: ShopTable;
  readonly key: string;
  readonly row: Row | null;
}

export class ShopState {
  readonly tables: Readonly<Record<ShopTable, Map<string, Row>>>;

  constructor() {
    this.tables = Object.fromEntries(SHOP_TABLES.map((table) => [table, new Map<string, Row>()])) as unknown as Record<ShopTable, Map<string, Row>>;
  }

  apply(effects: readonly Effect[]): void {
    for (const { table, key, row } of effects) {
      if (row === null) this.tables[table].delete(key);
      else this.tables[table].set(key, row);
    }
  }

  find(table: ShopTable, wanted: (row: Row) => boolean): Row | undefined {
    for (const row of this.tables[table].values()) if (wanted(row)) return row;
    return undefined;
  }
}

export const put = (table: ShopTable, row: Row): Effect => ({ table, key: keyOf(table, row), row });
export const gone = (table: ShopTable, row: Row): Effect => ({ table, key: keyOf(table, row), row: null });
