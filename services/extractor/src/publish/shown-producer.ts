/** A producer whose every acknowledgement shows that the part which sends is alive: one batch may take longer than a lap ever should. */
import type { TransportProducer } from '@causeway/runtime/transport/port';

export function shownProducer(producer: TransportProducer, lives: (() => void) | undefined): TransportProducer {
  if (lives === undefined) return producer;
  return {
    send: async (messages) => {
      await producer.send(messages);
      lives();
    },
    close: () => producer.close(),
  };
}
