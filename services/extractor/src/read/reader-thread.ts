/**
 * The reader thread: SQLite is synchronous, so it lives here and the main thread stays free for the transport. Buffers
 * are transferred, not copied; a shared counter of outstanding bytes makes this thread wait when the transport is slow.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Failure } from '@causeway/contracts/failures';
import { releasing } from '@causeway/runtime/collect-memory';
import { openSource, recordedSourceFailure } from '@causeway/runtime/sqlite/open-source';
import { textDecoding } from '@causeway/control/source/text-decoding';
import { BLOCK_BUFFER_BYTES } from './block-builder.ts';
import { acceptedRow } from './accepted-row.ts';
import { planRanges } from './plan-ranges.ts';
import { readRange, tableReading } from './read-range.ts';
import type { ReaderReply, ReaderRequest, ReaderStart } from './reader-messages.ts';
import { generateEncoder } from './row-codec.ts';
import { SlabPool } from './slabs.ts';

/** What cutting has read of the table is still in the page cache when the ranges are read. */
const SLICE_RANGES = 24;

const start = workerData as ReaderStart;
const port = parentPort as NonNullable<typeof parentPort>;
const credit = new Int32Array(start.credit);
const slabs = new SlabPool(start.slabFlags, BLOCK_BUFFER_BYTES, (slab, memory) => reply({ kind: 'slab', slab, memory }));
const db = openSource(start.file);
// Reading a table once through the page cache would only evict what the application's system caches better.
db.pragma('cache_size = -16384');
const decode = textDecoding(String(db.pragma('encoding', { simple: true })));

port.on('message', (request: ReaderRequest) => {
  try {
    if (request.kind === 'plan') reply({ kind: 'ranges', slice: planRanges(db, request.contract, request.start, SLICE_RANGES) });
    else if (request.kind === 'row') reply({ kind: 'row', ...acceptedRow(db, request.contract, request.range, request.place, decode) });
    else read(request);
  } catch (error) {
    const failure: Failure = recordedSourceFailure(start.file, error);
    reply({ kind: 'failed', code: failure.code, message: failure.message });
  }
});

function read(request: Extract<ReaderRequest, { kind: 'read' }>): void {
  const { contract } = request;
  const reading = tableReading(db, contract, generateEncoder(contract), decode, request.schemaId, start.live);
  const blobs = contract.columns.some((column) => column.type.kind === 'bytea');
  for (const range of request.ranges) {
    const identity = { migration: start.migration, generation: start.generation, table: contract.table, range: range.range, attempt: start.attempt };
    const result = readRange(db, reading, range, identity, (part) => {
      waitForCredit();
      Atomics.add(credit, 0, part.bytes.length);
      hand({ kind: 'part', table: contract.table, range: range.range, last: part.last, rows: part.rows, rejects: part.rejects }, part.bytes, blobs);
    }, () => slabs.take());
    if (result.surprise !== null) {
      reply({ kind: 'surprise', table: contract.source, column: result.surprise.column, reason: result.surprise.reason });
      return;
    }
    if (Atomics.load(credit, 1) === 1) return;
  }
  reply({ kind: 'read', table: contract.table });
}

/** `blobs`: about as many bytes of the driver's buffers are done with as went into the part. */
function hand(part: Omit<Extract<ReaderReply, { kind: 'part' }>, 'bytes'>, bytes: Uint8Array, blobs: boolean): void {
  const slab = slabs.handOver(bytes);
  if (slab === undefined || blobs) releasing(bytes.length);
  if (slab !== undefined) return reply({ ...part, bytes: { slab, offset: bytes.byteOffset, length: bytes.length } });
  const own = ownBytes(bytes);
  port.postMessage({ ...part, bytes: own } satisfies ReaderReply, [own.buffer as ArrayBuffer]);
}

/** Small buffers share Node's pool; transferring one would take the pool away from everyone else. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length >= Buffer.poolSize >>> 1 ? bytes : new Uint8Array(bytes);
}

function waitForCredit(): void {
  for (;;) {
    const outstanding = Atomics.load(credit, 0);
    if (outstanding < start.limitBytes || Atomics.load(credit, 1) === 1) return;
    const since = performance.now();
    Atomics.wait(credit, 0, outstanding);
    Atomics.add(credit, 2, Math.round(performance.now() - since));
  }
}

function reply(message: ReaderReply): void {
  port.postMessage(message);
}
