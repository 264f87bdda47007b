/** Columns that a CHECK (json_valid(column)) declares to be JSON, as Django's JSONField does. */

const CHECK = /json_valid\s*\(\s*(?:"((?:[^"]|"")+)"|\[([^\]]+)\]|`((?:[^`]|``)+)`|([\w$\u0080-\uffff]+))\s*\)/gi;

/** Lower-case names. A column that is only mentioned in some wider check is caught too: its values decide anyway. */
export function jsonCheckedColumns(createTable: string): Set<string> {
  const found = new Set<string>();
  for (const m of createTable.matchAll(CHECK)) {
    const name = m[1]?.replaceAll('""', '"') ?? m[2] ?? m[3]?.replaceAll('``', '`') ?? m[4];
    if (name !== undefined) found.add(name.toLowerCase());
  }
  return found;
}
