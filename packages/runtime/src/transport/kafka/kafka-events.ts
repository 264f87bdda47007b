/** What a Kafka client tells of its requests, for whoever measures it. */
import type { Admin, Consumer, Producer } from 'kafkajs';

export interface KafkaEvents {
  answered(api: string, ms: number): void;
  timedOut(): void;
  queued(requests: number): void;
  retried(): void;
}

interface Listening {
  readonly events: { readonly REQUEST: string; readonly REQUEST_TIMEOUT: string; readonly REQUEST_QUEUE_SIZE: string };
  on(event: string, listener: (told: { payload: { apiName: string; duration: number; queueSize: number } }) => void): unknown;
}

export function tellEvents(client: Producer | Consumer | Admin, events: KafkaEvents | undefined): void {
  if (events === undefined) return;
  const { events: names, on } = client as unknown as Listening;
  on(names.REQUEST, ({ payload }) => events.answered(payload.apiName, payload.duration));
  on(names.REQUEST_TIMEOUT, () => events.timedOut());
  on(names.REQUEST_QUEUE_SIZE, ({ payload }) => events.queued(payload.queueSize));
}
