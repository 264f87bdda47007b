/** Ports on the loopback address. */
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ports that were free a moment ago; asked for together so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  return ports;
}

export function portAnswers(port: number, host = '127.0.0.1', timeoutMs = 500): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

export interface WaitOptions {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  /** Asked between two tries: true ends the waiting early, because the server is gone. */
  readonly hopeless: () => boolean;
}

/** Polls until `ready` says so. False: the deadline has passed or there is no hope. */
export async function waitUntil(ready: () => Promise<boolean>, options: WaitOptions): Promise<boolean> {
  const end = Date.now() + options.deadlineMs;
  while (Date.now() < end && !options.hopeless()) {
    options.signal.throwIfAborted();
    if (await ready()) return true;
    await sleep(40, undefined, { signal: options.signal });
  }
  return false;
}
