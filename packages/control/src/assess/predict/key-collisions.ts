/** Counts rows whose key, once it is converted, is another row's. */
import { inetFamily } from '@causeway/contracts/conversion/inet-text';
import { parseIsoDate, parseIsoTime, parseIsoTimestamp, timestampMicros } from '@causeway/contracts/conversion/iso-date-time';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { realText } from '@causeway/contracts/real-text';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { type ReadValue, valueFits } from '../../plan/value-fit.ts';
import type { ExampleKey } from '../assessment.ts';

const EXAMPLES = 3;

export function countCollisions(db: SourceDatabase, contract: TableContract, columns: readonly ColumnContract[]): { count: number; examples: ExampleKey[] } {
  const seen = new Set<string>();
  const examples: ExampleKey[] = [];
  let count = 0;
  const list = columns.map((c) => quoteIdentifier(c.source)).join(', ');
  const rows = db.prepare(`SELECT ${list} FROM ${quoteIdentifier(contract.source)}`).raw().safeIntegers().iterate() as IterableIterator<ReadValue[]>;
  for (const row of rows) {
    const parts = row.map((value, i) => converted(value, columns[i] as ColumnContract));
    // NULLs are distinct, and what is refused never arrives.
    if (parts.includes(null)) continue;
    const key = JSON.stringify(parts);
    if (!seen.has(key)) {
      seen.add(key);
      continue;
    }
    count++;
    if (examples.length < EXAMPLES) examples.push(Object.fromEntries(columns.map((c, i) => [c.source, shown(row[i] as ReadValue)])));
  }
  return { count, examples };
}

const shown = (value: ReadValue): string => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value));

/** A text that is equal exactly where PostgreSQL's values are. */
function converted(value: ReadValue, { type, form }: ColumnContract): string | null {
  if (value === null || !valueFits(value, type, form)) return null;
  if (typeof value === 'string') return ofText(value, type.kind);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'number' && form === 'any' ? realText(value) : String(value);
}

function ofText(value: string, kind: ColumnContract['type']['kind']): string {
  switch (kind) {
    case 'date':
      return String(parseIsoDate(value));
    case 'time':
      return String(parseIsoTime(value));
    case 'timestamp':
    case 'timestamptz':
      return `${parseIsoTimestamp(value)}.${timestampMicros}`;
    case 'uuid':
      return value.replaceAll('-', '').toLowerCase();
    case 'bytea':
      return Buffer.from(value, 'utf8').toString('hex');
    case 'inet':
      return `${inetFamily(value)}/${value.toLowerCase()}`;
    case 'jsonb':
      return JSON.stringify(sorted(JSON.parse(value)));
    default:
      return value;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => [name, sorted(part)]);
}
