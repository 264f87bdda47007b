/** Describes single rows: their keys as the source holds them, and the element digest of each column. */
import type { Buckets } from '../../align/buckets.ts';
import type { DescribedRow } from '../described-row.ts';
import { RowDigest } from '@causeway/contracts/row-digest';
import type { TableContract } from '@causeway/contracts/table-contract';
import { matchKey } from './row-bucket.ts';
import type { RawRow, RowReading } from './row-reading.ts';
import type { ScanTask } from './scan-task.ts';

export class DescribeTask implements ScanTask<readonly DescribedRow[]> {
  private readonly buckets: Buckets;
  private readonly columns: number;
  private readonly wanted: ReadonlySet<bigint>;
  private readonly limit: number;
  private readonly rows: DescribedRow[] = [];
  private readonly element = new RowDigest();
  private kept = 0;

  constructor(contract: TableContract, buckets: Buckets, wanted: readonly bigint[], limit: number) {
    this.buckets = buckets;
    this.columns = contract.columns.length;
    this.wanted = new Set(wanted);
    this.limit = limit;
  }

  begin(): void {
    this.rows.length = this.kept;
  }

  row(reading: RowReading, cells: RawRow): void {
    const match = matchKey(this.buckets, reading, cells);
    if (!this.wanted.has(match) || this.rows.length >= this.limit) return;
    const elements = Array.from({ length: this.columns }, (_, i) => {
      this.element.reset();
      reading.cell(i, cells[reading.lead + i] as RawRow[number], this.element);
      return BigInt.asIntN(64, this.element.value);
    });
    this.rows.push({ match, digest: BigInt.asIntN(64, reading.row.value), key: reading.keyCells(cells), elements });
  }

  uncanonical(): void {}

  quarantined(): void {}

  keep(): void {
    this.kept = this.rows.length;
  }

  result(): readonly DescribedRow[] {
    return this.rows;
  }
}
