/** What the loader keeps per table: its contract and the generated transcoder. */
import type { TableContract } from '@causeway/contracts/table-contract';
import { releasing } from '@causeway/runtime/collect-memory';
import type { RowRun } from '../consume/assemble-ranges.ts';
import { CopyWriter } from '../transcode/copy-writer.ts';
import { generateTranscoder, outputRoom, type RowTranscoder } from '../transcode/row-transcoder.ts';

/** A buffer that one huge row has needed is not kept. */
const SPARE_BYTES = 4 * 1024 * 1024;

export class TableLoader {
  readonly contract: TableContract;
  private readonly transcode: RowTranscoder;
  private readonly writer = new CopyWriter();
  /** Memory of finished COPYs: allocating it anew for each made the collector run fifty times in a million rows. */
  private readonly spare: Buffer[] = [];

  constructor(contract: TableContract) {
    this.contract = contract;
    this.transcode = generateTranscoder(contract);
  }

  /** Memory for a chunk, or an empty buffer; give it back when the COPY has ended. */
  borrow(): Buffer {
    return this.spare.pop() ?? Buffer.alloc(0);
  }

  giveBack(buffers: readonly Buffer[]): void {
    for (const buffer of buffers) {
      if (buffer.length <= SPARE_BYTES) this.spare.push(buffer);
      else releasing(buffer.length);
    }
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
