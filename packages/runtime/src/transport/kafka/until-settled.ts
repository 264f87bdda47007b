/**
 * A topic that was made a moment ago, by this process or another, has leaders that not every broker knows yet. Such
 * answers are not failures: the question is asked again for a short while.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { errorTypes } from './kafka-failure.ts';

const UNSETTLED = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION', 'COORDINATOR_NOT_AVAILABLE', 'GROUP_COORDINATOR_NOT_AVAILABLE']);
const PATIENCE_MS = 5_000;
const PAUSE_MS = 50;

export async function untilSettled<T>(work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() - started > PATIENCE_MS || !errorTypes(error).some((type) => UNSETTLED.has(type))) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
