/** Key and values of a row as the quarantine keeps them: with their original classes and bytes. */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { ExactCellRead, ExactRow } from './read-exact.ts';
import type { TextDecoding } from './text-decoding.ts';

export interface ExactCells {
  readonly key: readonly ExactCell[];
  readonly values: readonly ExactCell[];
}

export function exactRowCells(contract: TableContract, row: ExactRow, decode: TextDecoding): ExactCells {
  const values = contract.columns.map((c, i) => exactCell(c.source, row.cells[i] as ExactCellRead, decode));
  const key = contract.keyless
    ? [{ name: 'rowid', class: 'integer' as const, bytes: Buffer.from(String(row.identity)) }]
    : contract.key.map((name) => values[contract.columns.findIndex((c) => c.source === name)] as ExactCell);
  return { key, values };
}

function exactCell(name: string, cell: ExactCellRead, decode: TextDecoding): ExactCell {
  return { name, class: cell.class, bytes: exactBytes(cell, decode) };
}

function exactBytes(cell: ExactCellRead, decode: TextDecoding): Uint8Array {
  switch (cell.class) {
    case 'null':
      return new Uint8Array(0);
    case 'integer':
      return Buffer.from(String(cell.value));
    case 'real': {
      const out = Buffer.alloc(8);
      out.writeDoubleBE(cell.value as number);
      return out;
    }
    case 'text': {
      // A UTF-16 source's text is told in UTF-8, as its readers see it; what is malformed keeps its stored bytes.
      const stored = cell.value as Uint8Array;
      const text = decode(stored);
      return text === null ? stored : Buffer.from(text, 'utf8');
    }
    case 'blob':
      return cell.value as Uint8Array;
  }
}
