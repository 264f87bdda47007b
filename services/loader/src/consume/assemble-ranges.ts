/**
 * Joins the parts of key ranges as they arrive on one partition. A range is complete when its parts 0…n of one attempt
 * have arrived in order; a part that does not continue what is there is dropped, because its range will come again.
 */
import { AvroReader } from '@causeway/contracts/block-header';
import { releasing } from '@causeway/runtime/collect-memory';
import { type Block, type RejectedRow, readReject } from './block.ts';

/** Avro rows that stand one after another in a buffer. */
export interface RowRun {
  readonly bytes: Buffer;
  readonly at: number;
  readonly count: number;
}

export interface CompleteRange {
  readonly table: number;
  readonly range: number;
  readonly runs: readonly RowRun[];
  readonly rejects: readonly RejectedRow[];
  readonly rows: number;
  readonly bytes: number;
  /** Newest id of the source's change log that any of its parts carries. */
  readonly position: bigint;
}

interface OpenRange {
  readonly attempt: string;
  readonly firstOffset: bigint;
  nextPart: number;
  runs: RowRun[];
  rejects: RejectedRow[];
  rows: number;
  bytes: number;
  position: bigint;
  /** The large row that is arriving in fragments. */
  pieces: Buffer[];
  piecesBytes: number;
}

export class RangeAssembly {
  private readonly open = new Map<string, OpenRange>();

  /** Takes the next message of the partition; returns the range that it completes. */
  add(block: Block, offset: bigint): CompleteRange | null {
    const { header } = block;
    const name = `${header.table}/${header.range}`;
    let range = this.open.get(name);
    if (header.part === 0) {
      range = { attempt: header.attempt, firstOffset: offset, nextPart: 0, runs: [], rejects: [], rows: 0, bytes: 0, position: 0n, pieces: [], piecesBytes: 0 };
      this.open.set(name, range);
    }
    // Invariant: I7
    if (range === undefined || range.attempt !== header.attempt || range.nextPart !== header.part) return null;
    range.nextPart++;
    range.bytes += block.message.length;
    if (header.position > range.position) range.position = header.position;
    takeContents(range, block);
    if (!header.last) return null;
    this.open.delete(name);
    return { table: header.table, range: header.range, runs: range.runs, rejects: range.rejects, rows: range.rows, bytes: range.bytes, position: range.position };
  }

  /** The offset from which a restart must read: that of the oldest range still open, or `after` if none is. */
  resumeFrom(after: bigint): bigint {
    let oldest = after;
    for (const range of this.open.values()) if (range.firstOffset < oldest) oldest = range.firstOffset;
    return oldest;
  }

  clear(): void {
    this.open.clear();
  }
}

function takeContents(range: OpenRange, block: Block): void {
  range.rejects.push(...block.rejects);
  if (block.rowCount > 0) {
    range.runs.push({ bytes: block.message, at: block.rowsAt, count: block.rowCount });
    range.rows += block.rowCount;
  }
  const { fragment } = block;
  if (fragment === null) return;
  if (fragment.offset === 0) {
    range.pieces = [];
    range.piecesBytes = 0;
  }
  range.pieces.push(fragment.bytes);
  range.piecesBytes += fragment.bytes.length;
  if (range.piecesBytes !== fragment.total) return;
  const whole = Buffer.concat(range.pieces);
  range.pieces = [];
  // Counted early: it is held until its range is committed.
  releasing(whole.length);
  if (fragment.reject) range.rejects.push(readReject(new AvroReader(whole, 0)));
  else {
    range.runs.push({ bytes: whole, at: 0, count: 1 });
    range.rows++;
  }
}
