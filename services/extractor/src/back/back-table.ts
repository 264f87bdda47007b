/** One table on the way back: its statement, and its rows and keys as Avro. */
import type { TableContract } from '@causeway/contracts/table-contract';
import { backKeyColumns } from '@causeway/control/target/reverse-capture-sql';
import { RowWriter } from '../read/row-writer.ts';
import { writeCell } from './back-cells.ts';
import { backSelect, CELLS_AT } from './back-statement.ts';

export interface Untravelled {
  /** Column in SQLite; null for the key. */
  readonly column: string | null;
  readonly detail: string;
}

type Line = readonly (string | boolean | null)[];

export class BackTable {
  readonly contract: TableContract;
  readonly select: string;
  private readonly keyTypes;
  private readonly writer = new RowWriter(Buffer.alloc(64 * 1024));

  constructor(contract: TableContract) {
    this.contract = contract;
    this.select = backSelect(contract);
    this.keyTypes = backKeyColumns(contract).map((column) => column.type);
    // What arrives from PostgreSQL is well-formed: a U+FFFD in it is a value, not a sign of damage.
    this.writer.exact = true;
  }

  /** The key's Avro record, or why it has none. */
  key(key: readonly (string | null)[]): Buffer | Untravelled {
    const { writer } = this;
    writer.pos = 0;
    if (this.contract.keyless) this.identity(key[0] as string);
    else {
      for (const [i, type] of this.keyTypes.entries()) {
        const refused = writeCell(writer, type, key[i] ?? null);
        if (refused !== null) return { column: this.contract.key[i] as string, detail: refused };
      }
    }
    return this.written();
  }

  /** The row's Avro record, or the first cell that has none. */
  row(line: Line): Buffer | Untravelled {
    const { writer, contract } = this;
    writer.pos = 0;
    let at = CELLS_AT;
    if (contract.keyless) this.identity(line[at++] as string);
    for (const column of contract.columns) {
      const refused = writeCell(writer, column.type, line[at++] as string | null);
      if (refused !== null) return { column: column.source, detail: refused };
    }
    return this.written();
  }

  private identity(text: string): void {
    this.writer.reserve(10);
    this.writer.bigVarint(BigInt(text));
  }

  private written(): Buffer {
    return Buffer.from(this.writer.buf.subarray(0, this.writer.pos));
  }
}
