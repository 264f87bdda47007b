/** Case as SQLite knows it without ICU: A–Z only. PostgreSQL's lower() and ILIKE would follow the locale. */
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export function foldedAscii(sql: string): string {
  return `translate(${sql}, '${UPPER}', '${UPPER.toLowerCase()}')`;
}

export function raisedAscii(sql: string): string {
  return `translate(${sql}, '${UPPER.toLowerCase()}', '${UPPER}')`;
}

