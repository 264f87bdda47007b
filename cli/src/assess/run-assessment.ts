/** Runs an assessment in its thread, until its end or an abort. */
import { Worker } from 'node:worker_threads';
import { Failure } from '@causeway/contracts/failures';
import type { Assessment } from '@causeway/control/assess/assessment';
import type { ProgressEvent } from '../progress/progress-event.ts';
import type { AssessMessage, AssessStart } from './assess-messages.ts';

const THREAD = new URL('./assess-thread.js', import.meta.url);

export async function runAssessment(start: AssessStart, signal: AbortSignal, onEvent: (event: ProgressEvent) => void): Promise<Assessment> {
  const worker = new Worker(THREAD, { workerData: start });
  const sizes = new Map<string, number>();
  try {
    return await new Promise<Assessment>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      worker.once('error', reject);
      worker.once('exit', () => reject(new Failure('INTERNAL', 'the reading thread ended without an answer')));
      worker.on('message', (message: AssessMessage) => {
        if (message.kind === 'done') resolve(message.assessment);
        else if (message.kind === 'failed') reject(new Failure(message.code, message.message));
        else tell(message, sizes, onEvent);
      });
    });
  } finally {
    await worker.terminate();
  }
}

function tell(message: Extract<AssessMessage, { kind: 'tables' | 'rows' }>, sizes: Map<string, number>, onEvent: (event: ProgressEvent) => void): void {
  if (message.kind === 'tables') {
    for (const table of message.tables) sizes.set(table.name, table.rows);
    onEvent({ kind: 'tables', tables: message.tables });
    return;
  }
  onEvent({ kind: 'table', name: message.table, rowsDone: message.rows, rowsTotal: Math.max(message.rows, sizes.get(message.table) ?? 0), stage: 'snapshot' });
}
