/** Takes the cells of a key back to what SQLite and the readers of cells are given. */
import type { ExactCell } from '@causeway/contracts/source-value';
import { IllFormedText } from '../../measure/source/exact-text.ts';
import type { RawRow } from '../../measure/source/row-reading.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text that is not valid Unicode can only be bound as its bytes. */
export function placeholder(cell: ExactCell): string {
  return cell.class === 'text' && textOf(cell) === null ? 'CAST(? AS TEXT)' : '?';
}

export function boundValue(cell: ExactCell): unknown {
  const value = rawValue(cell);
  return value instanceof IllFormedText ? Buffer.from(value.bytes) : value;
}

/** The cell as a reading in exact mode has it. */
export function rawValue(cell: ExactCell): RawRow[number] {
  const bytes = Buffer.from(cell.bytes);
  switch (cell.class) {
    case 'null':
      return null;
    case 'integer':
      return BigInt(bytes.toString());
    case 'real':
      return bytes.readDoubleBE(0);
    case 'text':
      return textOf(cell) ?? new IllFormedText(bytes, 'utf-8');
    case 'blob':
      return bytes;
  }
}

function textOf(cell: ExactCell): string | null {
  try {
    return UTF8.decode(cell.bytes);
  } catch {
    return null;
  }
}
