/** What an application does to a small table: each transaction, with the keys whose rows it changes. */

/** By key; the value stands in a UNIQUE column, −1: no such row. */
export type Rows = readonly number[];

export interface Transaction {
  readonly label: string;
  readonly rows: Rows;
  readonly keys: readonly number[];
}

/** Inserts, updates, REPLACE by the unique value, deletes, changed keys, and values that two rows exchange. `values`: how many there are. */
export function* transactions(rows: Rows, values: number): Iterable<Transaction> {
  for (const [key, value] of rows.entries()) {
    for (let wanted = 0; wanted < values; wanted++) {
      const holder = rows.indexOf(wanted);
      if (holder < 0) yield { label: `${value < 0 ? 'inserts' : 'updates'} k${key}=u${wanted}`, rows: rows.with(key, wanted), keys: [key] };
      else if (holder !== key) yield { label: `REPLACE k${key}=u${wanted}`, rows: rows.with(holder, -1).with(key, wanted), keys: [holder, key] };
    }
    if (value < 0) continue;
    yield { label: `deletes k${key}`, rows: rows.with(key, -1), keys: [key] };
    for (const [other, otherValue] of rows.entries()) {
      if (otherValue < 0) yield { label: `changes key k${key} to k${other}`, rows: rows.with(key, -1).with(other, value), keys: [key, other] };
      else if (key < other) yield { label: `exchanges k${key} and k${other}`, rows: rows.with(key, otherValue).with(other, value), keys: [key, other] };
    }
  }
}

export function breaksUnique(rows: Rows): boolean {
  return rows.some((value, i) => value >= 0 && rows.indexOf(value) !== i);
}
