/** Tells a row that PostgreSQL refuses from a server that is in trouble. */

/** SQLSTATE classes that mean "this data", not "this moment": 22 data exception, 23 integrity, 54 limits. */
const DATA_CLASSES = new Set(['22', '23', '54']);

export function isDataError(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && code.length === 5 && DATA_CLASSES.has(code.slice(0, 2));
}
