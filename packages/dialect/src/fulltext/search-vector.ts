/** The words of some columns, exactly as the index over them has them: another text would not use it. */
import { quoteLiteral } from '@causeway/contracts/identifier';

/** `columns`: quoted, and qualified where a query needs it. */
export function searchVector(columns: readonly string[], config: string): string {
  const text = columns.map((column) => `coalesce(${column}, '')`).join(` || ' ' || `);
  return `to_tsvector(${quoteLiteral(config)}::regconfig, ${text})`;
}
