/** A live reading thread: every request is one short read transaction, so that the application's checkpoints and commits never wait long. */
import { parentPort, workerData } from 'node:worker_threads';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { contractFingerprint, type TableContract } from '@causeway/contracts/table-contract';
import { openSource, type SourceDatabase, recordedSourceFailure } from '@causeway/runtime/sqlite/open-source';
import { type TextDecoding, textDecoding } from '../../measure/source/exact-text.ts';
import { SourceScanner } from '../../measure/source/scan-source.ts';
import type { ScanTask } from '../../measure/source/scan-task.ts';
import type { BackPlace, LiveAnswers, LiveRequest, LiveThreadMessage, LiveThreadStart } from './live-messages.ts';
import { SCHEMA_MOVED } from '../schema-moved.ts';
import { captureIsThere, readCount, readFact } from '@causeway/control/capture/source-facts';
import { CaptureWatch } from '@causeway/control/capture/capture-loss';
import { sourceTouched } from '@causeway/control/capture/source-touched';
import { changedBetween, changesAfter, logEnd } from './log-reading.ts';
import { KeyedListTask, SumTask } from './range-tasks.ts';
import { RowStates } from './row-states.ts';

const start = workerData as LiveThreadStart;
const { file } = start;
const capture = new CaptureWatch(start, start.contracts, start.contractVersion);
const port = parentPort as NonNullable<typeof parentPort>;
const say = (message: LiveThreadMessage): void => port.postMessage(message);

interface OpenSource {
  readonly db: SourceDatabase;
  readonly decode: TextDecoding;
}

let opened: OpenSource | undefined;

function source(): OpenSource {
  if (opened === undefined) {
    const db = openSource(file);
    db.pragma('cache_size = -2048');
    opened = { db, decode: textDecoding(String(db.pragma('encoding', { simple: true }))) };
  }
  return opened;
}

port.on('message', ({ id, request }: { id: number; request: LiveRequest }) => {
  try {
    const { db, decode } = source();
    say(db.transaction(() => answered(db, decode, id, request))());
  } catch (error) {
    const failure = recordedSourceFailure(file, error);
    say({ kind: 'failed', id, code: failure.code, message: failure.message });
  }
});

function answered(db: SourceDatabase, decode: TextDecoding, id: number, request: LiveRequest): LiveThreadMessage {
  // Rows of another schema than the contracts speak of: nothing is said about them.
  // Behind a fence nobody takes a schema over: then it has been passed.
  if (captureIsThere(db) && capture.moved(db)) return { kind: 'failed', id, code: 'CAPTURE_LOST', message: SCHEMA_MOVED, touched: sourceTouched(db, start.contracts) };
  const lost = capture.loss(db);
  // Without its tables there is nothing to read a position from.
  if (lost !== null && !captureIsThere(db)) return { kind: 'failed', id, code: 'CAPTURE_LOST', message: lost };
  return { kind: 'answer', id, answer: answer(db, decode, request), lost, touched: sourceTouched(db, start.contracts) };
}

/** The position is read first: it fixes the snapshot that everything behind it is read from. */
function answer(db: SourceDatabase, decode: TextDecoding, request: LiveRequest): LiveAnswers[keyof LiveAnswers] {
  const position = logEnd(db);
  switch (request.kind) {
    case 'end':
      return { position, schemaVersion: db.pragma('schema_version', { simple: true }) as number };
    case 'changes':
      return changesAfter(db, decode, request.after, request.limit, request.keyWidths);
    case 'between':
      return changedBetween(db, decode, request.table, request.width, request.after, request.upTo);
    case 'backStates':
      return { place: backPlace(db), rows: statesOf(db, request.contract, decode).asked(request.asked, request.elements, request.thorough) };
    case 'backPlace':
      return backPlace(db);
    case 'states':
      return { position, rows: statesOf(db, request.contract, decode).byKey(request.keys, request.elements) };
    case 'page':
      return { position, ...statesOf(db, request.contract, decode).page(request.after, request.limit) };
    case 'onlyIntegers':
      return onlyIntegers(db, request.contract);
    case 'rangeEnd':
      return rangeEnd(db, request);
    case 'sum':
      return { position, ...scan(db, decode, request, new SumTask()) };
    case 'list':
      return { position, ...scan(db, decode, request, new KeyedListTask(request.contract)) };
  }
}

const states = new Map<string, RowStates>();

/** Made once for a table: the contract comes anew with every request. */
function statesOf(db: SourceDatabase, contract: TableContract, decode: TextDecoding): RowStates {
  const name = contractFingerprint(contract);
  let known = states.get(name);
  if (known === undefined) states.set(name, (known = new RowStates(db, contract, decode)));
  return known;
}

function backPlace(db: SourceDatabase): BackPlace {
  return { epoch: readCount(db, 'back_epoch'), batch: BigInt(readFact(db, 'back_batch') ?? -1n), marker: readCount(db, 'back_marker'), fence: readCount(db, 'fence_attempt') };
}

function scan<Result>(db: SourceDatabase, decode: TextDecoding, range: { contract: TableContract; low: bigint; high: bigint }, task: ScanTask<Result>): Result {
  const { contract, low, high } = range;
  const scanner = new SourceScanner({ db, decode, contract, quarantine: null, leastMode: 'plain', stopped: () => false, progress: () => {} });
  scanner.read({ column: contract.key[0] as string, low, high }, task);
  return task.result();
}

/** By the classes' order: NULL, numbers, texts, blobs. */
function onlyIntegers(db: SourceDatabase, contract: TableContract): boolean {
  const [table, key] = [quoteIdentifier(contract.source), quoteIdentifier(contract.key[0] as string)];
  const row = db.prepare(`SELECT (SELECT min(${key}) FROM ${table}), (SELECT max(${key}) FROM ${table}), EXISTS (SELECT 1 FROM ${table} WHERE ${key} IS NULL)`).raw().safeIntegers().get() as unknown[];
  const [low, high, nulls] = row;
  return low === null ? nulls === 0n : typeof low === 'bigint' && typeof high === 'bigint' && nulls === 0n;
}

function rangeEnd(db: SourceDatabase, { contract, low, rows }: { contract: TableContract; low: bigint; rows: number }): bigint | null {
  const [table, key] = [quoteIdentifier(contract.source), quoteIdentifier(contract.key[0] as string)];
  const last = db.prepare(`SELECT ${key} FROM ${table} WHERE ${key} >= ? ORDER BY ${key} LIMIT 1 OFFSET ?`).pluck().safeIntegers().get(low, rows - 1);
  return typeof last === 'bigint' ? last : null;
}
