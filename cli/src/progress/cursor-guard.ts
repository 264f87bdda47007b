/**
 * Gives the cursor back however the process ends. A signal that nobody else handles is raised again after the handler is
 * gone, so that it still ends the process with its own exit status.
 */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type ExitHook = (restore: () => void) => () => void;

/** Calls `restore` when the process exits or is told to; the returned function lets go of the process. */
export const onProcessEnd: ExitHook = (restore) => {
  const handlers = SIGNALS.map((signal) => {
    const handle = (): void => {
      restore();
      release();
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    process.on(signal, handle);
    return [signal, handle] as const;
  });
  process.on('exit', restore);
  function release(): void {
    for (const [signal, handle] of handlers) process.off(signal, handle);
    process.off('exit', restore);
  }
  return release;
};
