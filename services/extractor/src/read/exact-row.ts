/**
 * The exact path: a row read with its storage classes and stored bytes is either written after all, or becomes a
 * reject with the reason. Decides for every value that the fast path did not take.
 */
import { refusalReason } from '@causeway/contracts/refusal-reason';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import { exactRowCells } from '@causeway/control/source/exact-cells';
import type { ExactCellRead, ExactRow } from '@causeway/control/source/read-exact';
import type { TextDecoding } from '@causeway/control/source/text-decoding';
import type { RowEncoder } from './row-codec.ts';
import type { Cell, RowWriter } from './row-writer.ts';

export interface Reject {
  readonly key: readonly ExactCell[];
  readonly column: string;
  readonly code: string;
  readonly reason: string;
  readonly values: readonly ExactCell[];
}

/** Writes the row through the same encoder, or says why it cannot be. */
export function writeExact(writer: RowWriter, encode: RowEncoder, contract: TableContract, row: ExactRow, decode: TextDecoding): Reject | null {
  const values: (Cell | null)[] = contract.keyless ? [row.identity] : [];
  for (const [i, cell] of row.cells.entries()) {
    if (cell.class !== 'text') {
      values.push(cell.value);
      continue;
    }
    const column = contract.columns[i] as ColumnContract;
    const bytes = cell.value as Uint8Array;
    const text = decode(bytes);
    if (column.type.kind === 'bytea' && column.form === 'any' && (text !== null || decode.storesUtf8)) {
      // A UTF-16 source's text goes in as UTF-8, like everywhere else; bytes that are no UTF-8 go in as they are.
      values.push(text === null ? bytes : Buffer.from(text, 'utf8'));
      continue;
    }
    if (text === null && column.policy === undefined) return rejectOf(contract, row, i, 'INVALID_UTF8', 'the text is not valid UTF-8', decode);
    if (column.policy === 'replace') values.push((text ?? decode.lenient(bytes)).replaceAll('\0', '\uFFFD'));
    else values.push(text);
  }
  const failed = encodeUnderPolicies(writer, encode, contract, values);
  if (failed < 0) return null;
  const [code, reason] = refusalReason(contract.columns[failed] as ColumnContract, values[failed + (contract.keyless ? 1 : 0)] as Cell | null, (row.cells[failed] as ExactCellRead).class);
  return rejectOf(contract, row, failed, code, reason, decode);
}

/** -1, or the first column whose value can neither be written nor left out. Each turn takes one value away, so this ends. */
function encodeUnderPolicies(writer: RowWriter, encode: RowEncoder, contract: TableContract, values: (Cell | null)[]): number {
  const start = writer.pos;
  for (;;) {
    writer.exact = true;
    const failed = encode(writer, values);
    writer.exact = false;
    if (failed < 0) return -1;
    writer.pos = start;
    const at = failed + (contract.keyless ? 1 : 0);
    if (contract.columns[failed]?.policy !== 'null' || values[at] === null) return failed;
    values[at] = null;
  }
}

function rejectOf(contract: TableContract, row: ExactRow, column: number, code: string, reason: string, decode: TextDecoding): Reject {
  return { ...exactRowCells(contract, row, decode), column: (contract.columns[column] as ColumnContract).source, code, reason };
}
