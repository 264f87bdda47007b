/** Reads one row of the source after the other into digests. */
import { addKeyCell } from '../../align/quarantined-keys.ts';
import { RowDigest } from '@causeway/contracts/row-digest';
import type { ExactCell, StorageClass } from '@causeway/contracts/source-value';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import { CANONICAL, type CellReader, type CellVerdict, NOT_CANONICAL, type ReadMode, type SourceCell } from './cell-reader.ts';
import { IllFormedText, readIllFormed, type TextDecoding } from './exact-text.ts';
import { readerOfColumn } from './reader-of-column.ts';
import { leadingColumns } from './source-statement.ts';
import { valueByPolicy } from './value-by-policy.ts';
import { withinLimits } from './within-limits.ts';

export type RawRow = (SourceCell | IllFormedText | null)[];

export class RowReading {
  /** Elements of all columns, and of the key's columns. */
  readonly row = new RowDigest();
  readonly key = new RowDigest();
  /** The column that the last verdict but CANONICAL was about. */
  failed = 0;
  readonly lead: number;
  private readonly columns: readonly ColumnContract[];
  private readonly readers: readonly CellReader[];
  private readonly keyColumns: readonly number[];
  private readonly mode: ReadMode;
  private readonly decode: TextDecoding;
  private readonly names: readonly string[];
  /** Columns of the last row whose value was another by their policy. */
  readonly explained: number[] = [];
  private readonly policies: boolean;

  constructor(contract: TableContract, mode: ReadMode, decode: TextDecoding) {
    this.mode = mode;
    this.decode = decode;
    this.columns = contract.columns;
    this.lead = leadingColumns(contract);
    this.readers = contract.columns.map((column) => (column.policy === undefined ? readerOfColumn(column, mode) : withinLimits(column, readerOfColumn(column, mode))));
    this.policies = contract.columns.some((column) => column.policy !== undefined);
    this.keyColumns = contract.key.map((name) => contract.columns.findIndex((column) => column.source === name));
    this.names = contract.key;
  }

  /** Digests the row; `row.finish()` is left to the caller. */
  read(cells: RawRow): CellVerdict {
    if (!this.policies) return this.readOnce(cells);
    this.explained.length = 0;
    for (;;) {
      const verdict = this.readOnce(cells);
      // Only the exact mode knows what a value is; each turn gives one column its value by policy, so this ends.
      if (verdict !== NOT_CANONICAL || this.mode !== 'exact' || this.explained.includes(this.failed)) return verdict;
      const column = this.columns[this.failed] as ColumnContract;
      const other = valueByPolicy(column, cells[this.lead + this.failed] as RawRow[number]);
      if (other === undefined) return verdict;
      this.explained.push(this.failed);
      cells[this.lead + this.failed] = other;
    }
  }

  private readOnce(cells: RawRow): CellVerdict {
    const { row, readers, lead } = this;
    const exact = this.mode === 'exact';
    row.reset();
    for (let i = 0; i < readers.length; i++) {
      const value = cells[lead + i] as RawRow[number];
      if (value === null) {
        row.null();
        continue;
      }
      // Only exact mode meets ill-formed text.
      const verdict = exact ? this.cell(i, value, row) : (readers[i] as CellReader)(value as SourceCell, row);
      if (verdict !== CANONICAL) {
        this.failed = i;
        return verdict;
      }
    }
    return CANONICAL;
  }

  readKey(cells: RawRow): CellVerdict {
    const { key, lead } = this;
    key.reset();
    for (const i of this.keyColumns) {
      const verdict = this.cell(i, cells[lead + i] as RawRow[number], key);
      if (verdict !== CANONICAL) return verdict;
    }
    return CANONICAL;
  }

  /** Adds column `i` to a digest. */
  cell(i: number, value: RawRow[number], into: RowDigest): CellVerdict {
    if (value === null) {
      into.null();
      return CANONICAL;
    }
    if (value instanceof IllFormedText) return readIllFormed(value, this.columns[i] as ColumnContract, into);
    return (this.readers[i] as CellReader)(value, into);
  }

  /** Exact mode: turns the stored bytes of TEXT into text, by the letters behind the cells. */
  decodeText(cells: RawRow): void {
    const { lead } = this;
    const count = this.columns.length;
    const letters = cells.slice(lead + count).join('');
    for (let i = 0; i < count; i++) {
      if (letters.charCodeAt(i) === 116) cells[lead + i] = this.decode(cells[lead + i] as Uint8Array);
    }
  }

  /** The hash that names the row in the quarantine; null where the text of its key is doubtful. */
  quarantineHash(cells: RawRow): bigint | null {
    this.key.reset();
    for (const cell of this.keyCells(cells)) {
      if (cell.class === 'text' && this.mode !== 'exact' && Buffer.from(cell.bytes).includes('\uFFFD')) return null;
      addKeyCell(this.key, cell.class, cell.bytes);
    }
    return BigInt.asIntN(64, this.key.value);
  }

  /** What names the row for people: its key, or its rowid. */
  keyCells(cells: RawRow): ExactCell[] {
    if (this.lead === 1) return [exactCell('rowid', cells[0] as RawRow[number])];
    return this.keyColumns.map((i, k) => exactCell(this.names[k] as string, cells[this.lead + i] as RawRow[number]));
  }
}

function exactCell(name: string, value: RawRow[number]): ExactCell {
  const cell = (storage: StorageClass, bytes: Uint8Array): ExactCell => ({ name, class: storage, bytes });
  if (value === null) return cell('null', new Uint8Array(0));
  if (typeof value === 'bigint') return cell('integer', Buffer.from(String(value)));
  if (typeof value === 'string') return cell('text', Buffer.from(value, 'utf8'));
  if (value instanceof IllFormedText) return cell('text', value.bytes);
  if (value instanceof Uint8Array) return cell('blob', value);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return cell('real', bytes);
}
