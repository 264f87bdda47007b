/** Keys of rows as people read them. */
import type { ExactCell } from '@causeway/contracts/source-value';
import { realText } from '@causeway/contracts/real-text';
import type { SourceTable } from '../../plan/source-schema.ts';
import type { ReadValue } from '../../plan/value-fit.ts';
import type { ExampleKey } from '../assessment.ts';

const LONGEST = 80;

/** How a table's rows are named: its key's columns, else its rowid, read behind the columns. */
export function rowNaming(table: SourceTable): { identity: string | null; keyOf: (row: readonly ReadValue[]) => ExampleKey } {
  const places = table.columns.flatMap((c, i) => (c.keyPosition > 0 ? [[c.name, i] as const] : []));
  if (places.length > 0) return { identity: null, keyOf: (row) => Object.fromEntries(places.map(([name, i]) => [name, valueText(row[i] ?? null)])) };
  if (table.rowidAlias === null) return { identity: null, keyOf: () => ({}) };
  const last = table.columns.length;
  return { identity: table.rowidAlias, keyOf: (row) => ({ rowid: valueText(row[last] ?? null) }) };
}

function valueText(value: ReadValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return realText(value);
  return shortened(typeof value === 'string' ? value : Buffer.from(value).toString('hex'));
}

export function exactKeyText(key: readonly ExactCell[]): ExampleKey {
  return Object.fromEntries(key.map((cell) => [cell.name, cellText(cell)]));
}

function cellText(cell: ExactCell): string {
  const bytes = Buffer.from(cell.bytes);
  if (cell.class === 'null') return 'NULL';
  if (cell.class === 'real') return realText(bytes.readDoubleBE(0));
  return shortened(cell.class === 'blob' ? bytes.toString('hex') : bytes.toString('utf8'));
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
