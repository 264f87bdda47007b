/**
 * Memory of messages, shared by the reader thread and the main thread: a slab goes over by its number, and comes back
 * by a flag when the transport is done with it. Making and transferring a buffer for each message cost the collectors
 * of both threads a fifth of the extractor's time.
 */

/** One 32-bit cell per slab: 0 free, 1 lent. A message beyond these gets memory of its own. */
export const SLABS = 64;

/** The reader thread's side. */
export class SlabPool {
  private readonly lent: Int32Array;
  private readonly bytes: number;
  private readonly announce: (slab: number, memory: SharedArrayBuffer) => void;
  private readonly slabs: Buffer[] = [];
  /** Taken and not handed over; what is not used is the next one's. */
  private taken: number | undefined;

  constructor(flags: SharedArrayBuffer, bytes: number, announce: (slab: number, memory: SharedArrayBuffer) => void) {
    this.lent = new Int32Array(flags);
    this.bytes = bytes;
    this.announce = announce;
  }

  take(): Buffer {
    this.taken ??= this.free();
    return this.taken === undefined ? Buffer.allocUnsafeSlow(this.bytes) : (this.slabs[this.taken] as Buffer);
  }

  /** The slab that these bytes stand in, now lent; undefined: they have memory of their own. */
  handOver(bytes: Uint8Array): number | undefined {
    if (this.taken === undefined || this.slabs[this.taken]?.buffer !== bytes.buffer) return undefined;
    const slab = this.taken;
    Atomics.store(this.lent, slab, 1);
    this.taken = undefined;
    return slab;
  }

  private free(): number | undefined {
    for (let i = 0; i < this.slabs.length; i++) if (Atomics.load(this.lent, i) === 0) return i;
    if (this.slabs.length === SLABS) return undefined;
    const memory = new SharedArrayBuffer(this.bytes);
    this.announce(this.slabs.length, memory);
    return this.slabs.push(Buffer.from(memory)) - 1;
  }
}

/** The main thread's side. */
export class LentSlabs {
  readonly flags = new SharedArrayBuffer(4 * SLABS);
  private readonly lent = new Int32Array(this.flags);
  private readonly memory = new Map<number, SharedArrayBuffer>();

  add(slab: number, memory: SharedArrayBuffer): void {
    this.memory.set(slab, memory);
  }

  view(slab: number, offset: number, length: number): Uint8Array {
    return Buffer.from(this.memory.get(slab) as SharedArrayBuffer, offset, length);
  }

  giveBack(slab: number): void {
    Atomics.store(this.lent, slab, 0);
  }
}
