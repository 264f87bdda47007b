/** The main thread's side of the reader thread: requests, replies and credit. */
import { Worker } from 'node:worker_threads';
import { Failure, type FailureCode } from '@causeway/contracts/failures';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { KeyRange } from '@causeway/control/record/table-record';
import { releasing } from '@causeway/runtime/collect-memory';
import type { PublishedPart } from './publish/publisher.ts';
import { LentSlabs } from './read/slabs.ts';
import type { RangeSlice, SliceStart } from './read/plan-ranges.ts';
import type { ReaderReply, ReaderRequest, ReaderStart } from './read/reader-messages.ts';

export class Reader {
  private readonly worker: Worker;
  private readonly credit: Int32Array;
  private readonly slabs = new LentSlabs();
  private settle: { resolve: (reply: ReaderReply) => void; reject: (error: Error) => void } | undefined;

  constructor(start: Omit<ReaderStart, 'credit' | 'slabFlags'>, onPart: (part: PublishedPart) => void) {
    // Bytes outstanding, closed, milliseconds waited.
    const credit = new SharedArrayBuffer(12);
    this.credit = new Int32Array(credit);
    this.worker = new Worker(new URL('./read/reader-thread.js', import.meta.url), { workerData: { ...start, credit, slabFlags: this.slabs.flags } satisfies ReaderStart });
    this.worker.on('message', (reply: ReaderReply) => {
      if (reply.kind === 'part') onPart(this.published(reply));
      else if (reply.kind === 'slab') this.slabs.add(reply.slab, reply.memory);
      else if (reply.kind === 'failed') this.settle?.reject(new Failure(reply.code as FailureCode, reply.message));
      else this.settle?.resolve(reply);
    });
    this.worker.on('error', (error) => this.settle?.reject(error));
  }

  async plan(contract: TableContract, start: SliceStart): Promise<RangeSlice> {
    const reply = await this.ask({ kind: 'plan', contract, start });
    return (reply as Extract<ReaderReply, { kind: 'ranges' }>).slice;
  }

  /** Resolves when every part of the ranges was handed over. Throws PLAN_REVISED where a sample was wrong. */
  async read(contract: TableContract, schemaId: number, ranges: readonly KeyRange[]): Promise<void> {
    const reply = await this.ask({ kind: 'read', contract, schemaId, ranges });
    // Invariant: I22
    if (reply.kind === 'surprise') throw new Failure('PLAN_REVISED', `table ${JSON.stringify(reply.table)}, column ${JSON.stringify(reply.column)}: ${reply.reason}`);
  }

  /** Key and original cells of the row at a place among those of a range that were accepted. */
  async acceptedRow(contract: TableContract, range: KeyRange, place: number): Promise<{ key: readonly ExactCell[]; values: readonly ExactCell[] }> {
    return (await this.ask({ kind: 'row', contract, range, place })) as Extract<ReaderReply, { kind: 'row' }>;
  }

  private published(reply: Extract<ReaderReply, { kind: 'part' }>): PublishedPart {
    const { bytes } = reply;
    if (bytes instanceof Uint8Array) return { ...reply, bytes };
    return { ...reply, bytes: this.slabs.view(bytes.slab, bytes.offset, bytes.length), slab: bytes.slab };
  }

  /** Parts that became durable: their memory is free, and the reader may go on. */
  credited(parts: readonly PublishedPart[]): void {
    for (const part of parts) {
      if (part.slab === undefined) releasing(part.bytes.length);
      else this.slabs.giveBack(part.slab);
    }
    Atomics.sub(this.credit, 0, parts.reduce((sum, part) => sum + part.bytes.length, 0));
    Atomics.notify(this.credit, 0);
  }

  get outstandingBytes(): number {
    return Atomics.load(this.credit, 0);
  }

  /** Milliseconds that the reader has waited for credit. */
  get waitedMs(): number {
    return Atomics.load(this.credit, 2);
  }

  async close(): Promise<void> {
    Atomics.store(this.credit, 1, 1);
    Atomics.notify(this.credit, 0);
    await this.worker.terminate();
  }

  private ask(request: ReaderRequest): Promise<ReaderReply> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.worker.postMessage(request);
    });
  }
}
