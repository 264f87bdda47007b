/** Names a row of SQLite as the quarantine does, by the cells of its key as they stand in the file. */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { SqliteCell } from './held-value.ts';
import type { PresentRow, SinkTable } from './sink-table.ts';

export function keyOfPresent(table: SinkTable, row: PresentRow): ExactCell[] {
  if (table.contract.keyless) return [exactCell('rowid', row.handle[0] ?? null)];
  return table.keyColumns.map((column) => exactCell(column.source, row.cells[table.contract.columns.indexOf(column)] ?? null));
}

function exactCell(name: string, value: SqliteCell): ExactCell {
  switch (typeof value) {
    case 'bigint':
      return { name, class: 'integer', bytes: Buffer.from(String(value)) };
    case 'number': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(value);
      return { name, class: 'real', bytes };
    }
    case 'string':
      return { name, class: 'text', bytes: Buffer.from(value) };
    default:
      return value === null ? { name, class: 'null', bytes: new Uint8Array(0) } : { name, class: 'blob', bytes: value };
  }
}
