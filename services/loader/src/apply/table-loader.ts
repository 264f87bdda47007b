/** What the loader keeps per table: its contract and the generated transcoder. */
import type { TableContract } from '@causeway/contracts/table-contract';
import type { RowRun } from '../consume/assemble-ranges.ts';
import { CopyWriter } from '../transcode/copy-writer.ts';
import { generateTranscoder, outputRoom, type RowTranscoder } from '../transcode/row-transcoder.ts';

export class TableLoader {
  readonly contract: TableContract;
  private readonly transcode: RowTranscoder;
  private readonly writer = new CopyWriter();

  constructor(contract: TableContract) {
    this.contract = contract;
    this.transcode = generateTranscoder(contract);
  }

  /** COPY tuples of a run of rows, in memory that is lent by `room` and used again after the chunk was sent. */
  tuples(run: RowRun, room: (bytes: number) => Buffer): Buffer {
    this.writer.begin(run.bytes, run.at, room(this.roomFor(run)));
    this.transcode(this.writer, run.count, null);
    return this.writer.dst.subarray(0, this.writer.o);
  }

  /** COPY tuples one by one, for the search of a row that PostgreSQL refuses. */
  tupleList(run: RowRun): Buffer[] {
    this.writer.begin(run.bytes, run.at, Buffer.allocUnsafeSlow(this.roomFor(run)));
    const starts: number[] = [];
    this.transcode(this.writer, run.count, starts);
    const { dst, o } = this.writer;
    return starts.map((start, i) => dst.subarray(start, starts[i + 1] ?? o));
  }

  private roomFor(run: RowRun): number {
    return outputRoom(this.contract, run.count, run.bytes.length - run.at);
  }
}
