/** The reading thread of `assess`: SQLite is synchronous, and the command must still answer a signal and draw its progress. */
import { parentPort, workerData } from 'node:worker_threads';
import { Failure } from '@causeway/contracts/failures';
import { messageOf } from '@causeway/runtime/postgres-pool';
import type { AssessMessage, AssessStart } from './assess-messages.ts';
import { performAssessment } from './perform-assessment.ts';

const say = (message: AssessMessage): void => parentPort?.postMessage(message);

try {
  say({ kind: 'done', assessment: performAssessment(workerData as AssessStart, say) });
} catch (error) {
  say({ kind: 'failed', code: error instanceof Failure ? error.code : 'INTERNAL', message: messageOf(error) });
}
