/** Whether a row, read exactly, is taken by its contract: the same answer that the extractor gives, from the same specification. */
import { refusalReason } from '@causeway/contracts/refusal-reason';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import { type ReadValue, valueFits } from '../../plan/value-fit.ts';
import type { ExactRow } from '../../source/read-exact.ts';
import type { TextDecoding } from '../../source/text-decoding.ts';

export interface Refusal {
  readonly column: string;
  readonly code: string;
  readonly reason: string;
}

export function rowVerdict(contract: TableContract, row: ExactRow, decode: TextDecoding): Refusal | null {
  const values: ReadValue[] = [];
  for (const [i, cell] of row.cells.entries()) {
    if (cell.class !== 'text') {
      values.push(cell.value as ReadValue);
      continue;
    }
    const column = contract.columns[i] as ColumnContract;
    const text = decode(cell.value as Uint8Array);
    const keepsBytes = column.type.kind === 'bytea' && column.form === 'any' && decode.storesUtf8;
    if (column.policy === 'replace') {
      values.push((text ?? decode.lenient(cell.value as Uint8Array)).replaceAll('\0', '\uFFFD'));
      continue;
    }
    if (text === null && column.policy === 'null') {
      values.push(null);
      continue;
    }
    if (text === null && !keepsBytes) return { column: column.source, code: 'INVALID_UTF8', reason: 'the text is not valid UTF-8' };
    values.push(text ?? (cell.value as Uint8Array));
  }
  for (const [i, column] of contract.columns.entries()) {
    const value = values[i] as ReadValue;
    if (value === null ? !column.notNull : valueFits(value, column.type, column.form)) continue;
    if (column.policy === 'null' && value !== null && !column.notNull) continue;
    const [code, reason] = refusalReason(column, value, row.cells[i]?.class ?? 'null');
    return { column: column.source, code, reason };
  }
  return null;
}
