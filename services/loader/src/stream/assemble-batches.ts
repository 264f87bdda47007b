/**
 * Joins the parts of a batch as they arrive. A part counts only as the next one of the same attempt and batch; part 0
 * begins anew; anything else is dropped, because its batch comes again (rule 5 of the protocol).
 */
import { AvroReader } from '@causeway/contracts/block-header';
import { Failure } from '@causeway/contracts/failures';
import type { ChangeHeader } from '@causeway/contracts/live/change-part';
import { readReject } from '../consume/block.ts';
import type { ChangePart } from './change-message.ts';

/** All parts of a batch, or a heartbeat or marker, whose parts are empty. */
export interface ChangeBatch {
  /** Of the last part. */
  readonly header: ChangeHeader;
  readonly parts: readonly ChangePart[];
  readonly keys: number;
  readonly bytes: number;
  /** Some of its parts were handed over before (see `spill`). */
  readonly spilled: boolean;
}

interface OpenBatch {
  readonly attempt: string;
  readonly batch: bigint;
  readonly firstOffset: bigint;
  nextPart: number;
  parts: ChangePart[];
  keys: number;
  bytes: number;
  spilled: boolean;
  /** The large row that is arriving in fragments. */
  pieces: Buffer[];
  piecesBytes: number;
}

export class BatchAssembly {
  private open: OpenBatch | null = null;

  /** Takes the next message; returns the batch that it completes. */
  add(part: ChangePart, offset: bigint): ChangeBatch | null {
    const { header } = part;
    if (header.part === 0) {
      this.open = { attempt: header.attempt, batch: header.batch, firstOffset: offset, nextPart: 0, parts: [], keys: 0, bytes: 0, spilled: false, pieces: [], piecesBytes: 0 };
    }
    const open = this.open;
    // Invariant: I49
    if (open === null || open.attempt !== header.attempt || open.batch !== header.batch || open.nextPart !== header.part) return null;
    open.nextPart++;
    open.bytes += part.bytes;
    open.keys += part.keys?.starts.length ?? 0;
    open.parts.push(joinFragment(open, part));
    if (!header.last) return null;
    this.open = null;
    return { header, parts: open.parts, keys: open.keys, bytes: open.bytes, spilled: open.spilled };
  }

  /** Bytes of the parts that are held in memory. */
  get heldBytes(): number {
    return this.open?.bytes ?? 0;
  }

  /** Number of keys that the open batch has so far. */
  get openKeys(): number {
    return this.open?.keys ?? 0;
  }

  /** Hands over the parts so far, so that a batch of any size needs bounded memory; `first`: nothing of it was before. */
  spill(): { parts: readonly ChangePart[]; first: boolean } {
    const { open } = this;
    if (open === null) return { parts: [], first: false };
    const { parts } = open;
    const first = !open.spilled;
    open.parts = [];
    open.bytes = 0;
    open.spilled = true;
    return { parts, first };
  }

  /** The offset from which a restart must read: never behind the first part of an incomplete batch. */
  resumeFrom(after: bigint): bigint {
    return this.open?.firstOffset ?? after;
  }
}

/** The part with the row or reject that its fragment completes. */
function joinFragment(open: OpenBatch, part: ChangePart): ChangePart {
  const { fragment } = part;
  if (fragment === null) return part;
  if (fragment.offset === 0) {
    open.pieces = [];
    open.piecesBytes = 0;
  }
  if (fragment.offset !== open.piecesBytes) throw new Failure('MESSAGE_INVALID', 'the fragments of a large row do not fit together');
  open.pieces.push(fragment.bytes);
  open.piecesBytes += fragment.bytes.length;
  if (open.piecesBytes !== fragment.total) return { ...part, fragment: null };
  const whole = Buffer.concat(open.pieces);
  open.pieces = [];
  open.piecesBytes = 0;
  if (fragment.reject) return { ...part, fragment: null, rejects: [...part.rejects, readReject(new AvroReader(whole, 0))] };
  if (part.rows !== null) throw new Failure('MESSAGE_INVALID', 'a part holds both rows and the end of a large row');
  return { ...part, fragment: null, rows: { bytes: whole, at: 0, count: 1 } };
}
