/** What the validator says of a whole database, and how two of them are compared. */

export interface TableDigest {
  readonly schema: string;
  readonly name: string;
  /** A number as text. */
  readonly rows: string;
  /** 16 hexadecimal digits: the sum of the rows' digests. */
  readonly digest: string;
}

export interface DatabaseDigest {
  readonly tables: readonly TableDigest[];
}

/** One sentence a difference, without values; empty: equal. */
export function digestDifferences(was: DatabaseDigest, is: DatabaseDigest): string[] {
  const name = (table: TableDigest): string => JSON.stringify([table.schema, table.name]);
  const before = new Map(was.tables.map((table) => [name(table), table]));
  const after = new Map(is.tables.map((table) => [name(table), table]));
  const lost = was.tables.filter((table) => !after.has(name(table))).map((table) => `table ${label(table)} is missing`);
  const extra = is.tables.filter((table) => !before.has(name(table))).map((table) => `table ${label(table)} is not in the backup`);
  const differing = was.tables.flatMap((table) => {
    const now = after.get(name(table));
    if (now === undefined || (now.rows === table.rows && now.digest === table.digest)) return [];
    return [now.rows === table.rows ? `table ${label(table)}: contents differ` : `table ${label(table)}: ${table.rows} rows were backed up, ${now.rows} are there`];
  });
  return [...lost, ...extra, ...differing];
}

const label = (table: TableDigest): string => JSON.stringify(`${table.schema}.${table.name}`);
