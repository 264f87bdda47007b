/** What a range of an integer key is read into: its sum, or the key and digest of each row. */
import type { RowDigest } from '@causeway/contracts/row-digest';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { RawRow, RowReading } from '../../measure/source/row-reading.ts';
import type { ScanTask } from '../../measure/source/scan-task.ts';

export class SumTask implements ScanTask<{ rows: number; sum: bigint; uncanonical: number }> {
  private kept = { rows: 0, sum: 0n, uncanonical: 0 };
  private rows = 0;
  private low = 0;
  private high = 0;
  private odd = 0;

  begin(): void {
    this.rows = 0;
    this.low = 0;
    this.high = 0;
    this.odd = 0;
  }

  row(reading: RowReading): void {
    this.rows++;
    const digest: Pick<RowDigest, 'low' | 'high'> = reading.row;
    const sum = (this.low >>> 0) + (digest.low >>> 0);
    this.low = sum | 0;
    this.high = (this.high + digest.high + (sum >= 4_294_967_296 ? 1 : 0)) | 0;
  }

  uncanonical(): void {
    this.rows++;
    this.odd++;
  }

  quarantined(): void {}

  keep(): void {
    const sum = (BigInt(this.high >>> 0) << 32n) | BigInt(this.low >>> 0);
    this.kept = { rows: this.kept.rows + this.rows, sum: BigInt.asUintN(64, this.kept.sum + sum), uncanonical: this.kept.uncanonical + this.odd };
  }

  result(): { rows: number; sum: bigint; uncanonical: number } {
    return this.kept;
  }
}

export interface KeyedList {
  readonly keys: BigInt64Array;
  readonly digests: BigInt64Array;
  /** Keys of the rows that have no digest. */
  readonly uncanonical: BigInt64Array;
}

export class KeyedListTask implements ScanTask<KeyedList> {
  private readonly column: number;
  private readonly keys: bigint[] = [];
  private readonly digests: bigint[] = [];
  private readonly odd: bigint[] = [];
  private kept = [0, 0];

  constructor(contract: TableContract) {
    this.column = contract.columns.findIndex((c) => c.source === contract.key[0]);
  }

  begin(): void {
    this.keys.length = this.kept[0] as number;
    this.digests.length = this.kept[0] as number;
    this.odd.length = this.kept[1] as number;
  }

  row(reading: RowReading, cells: RawRow): void {
    this.keys.push(BigInt(cells[this.column] as bigint));
    this.digests.push(BigInt.asIntN(64, reading.row.value));
  }

  uncanonical(_: RowReading, cells: RawRow): void {
    const key = cells[this.column];
    // A key of another class lies in no range of integers.
    if (typeof key === 'bigint') this.odd.push(key);
  }

  quarantined(): void {}

  keep(): void {
    this.kept = [this.keys.length, this.odd.length];
  }

  result(): KeyedList {
    return { keys: BigInt64Array.from(this.keys), digests: BigInt64Array.from(this.digests), uncanonical: BigInt64Array.from(this.odd) };
  }
}
