/** A reading thread: SQLite is synchronous, so it lives here and the main thread stays free for PostgreSQL. */
import { parentPort, workerData } from 'node:worker_threads';
import { openSource, type SourceDatabase, recordedSourceFailure } from '@causeway/runtime/sqlite/open-source';
import { sourceExtent } from '../../align/source-extent.ts';
import { DescribeTask } from './describe-task.ts';
import { type TextDecoding, textDecoding } from './exact-text.ts';
import { ListTask } from './list-task.ts';
import { MeasureTask } from './measure-task.ts';
import { SourceScanner } from './scan-source.ts';
import type { ScanTask } from './scan-task.ts';
import type { Scan, SourceAnswers, SourceRequest, ThreadMessage, ThreadStart } from './source-messages.ts';

const { file } = workerData as ThreadStart;
const port = parentPort as NonNullable<typeof parentPort>;
const say = (message: ThreadMessage): void => port.postMessage(message);

interface OpenSource {
  readonly db: SourceDatabase;
  readonly decode: TextDecoding;
}

let opened: OpenSource | undefined;

/** Opened by the first request, so that what is wrong with the file is an answer with its code and not a crash. */
function source(): OpenSource {
  if (opened === undefined) {
    const db = openSource(file);
    // Every page is read once; a larger cache would only cost memory.
    db.pragma('cache_size = -2048');
    opened = { db, decode: textDecoding(String(db.pragma('encoding', { simple: true }))) };
  }
  return opened;
}

port.on('message', ({ id, request }: { id: number; request: SourceRequest }) => {
  try {
    say({ kind: 'answer', id, answer: answer(id, request) });
  } catch (error) {
    const failure = recordedSourceFailure(file, error);
    say({ kind: 'failed', id, code: failure.code, message: failure.message });
  }
});

function answer(id: number, request: SourceRequest): SourceAnswers[keyof SourceAnswers] {
  switch (request.kind) {
    case 'extent':
      return sourceExtent(source().db, request.contract);
    case 'measure':
      return scan(id, request, new MeasureTask(request.contract, request.buckets, request.limit));
    case 'list':
      return scan(id, request, new ListTask(request.contract, request.buckets, request.wanted));
    case 'describe':
      return scan(id, request, new DescribeTask(request.contract, request.buckets, request.wanted, request.limit));
  }
}

function scan<Result>(id: number, request: Scan & { kind: SourceRequest['kind'] }, task: ScanTask<Result>): Result {
  const { contract, quarantine, slices, cursor } = request;
  const scanner = new SourceScanner({
    ...source(),
    contract,
    quarantine,
    leastMode: request.kind === 'describe' ? 'classes' : 'plain',
    stopped: () => Atomics.load(cursor, 1) === 1,
    progress: (rows) => {
      if (request.kind === 'measure' && rows > 0) say({ kind: 'progress', id, rows });
    },
  });
  for (;;) {
    const slice = slices[Atomics.add(cursor, 0, 1)];
    if (slice === undefined || !scanner.read(slice, task)) return task.result();
  }
}
