/** A cast of a list of texts, as PostgreSQL prints `kind IN ('a', 'b')` of a varchar column. */
const CAST_LIST = /\(ARRAY\[((?:'(?:[^']|'')*'::[a-z ]+(?:, )?)+)\]\)::([a-z ]+)\[\]/g;
const ITEM = /'(?:[^']|'')*'::[a-z ]+/g;

/**
 * A definition as PostgreSQL prints it once it has read its own text: it then moves the cast into the list's items. Every
 * framework's choices are written so, and without this each check and partial index on them seemed another after a restore.
 */
export function settledDefinition(text: string): string {
  return text.replace(CAST_LIST, (_, items: string, type: string) => `ARRAY[${items.replace(ITEM, (item) => `(${item})::${type}`)}]`);
}
