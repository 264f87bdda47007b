export interface ProgressClock {
  /** Milliseconds; only differences matter. */
  now(): number;
  /** Calls `run` again and again until the returned function is called. */
  every(milliseconds: number, run: () => void): () => void;
}

export const systemClock: ProgressClock = {
  now: () => performance.timeOrigin + performance.now(),
  every: (milliseconds, run) => {
    const timer = setInterval(run, milliseconds);
    // A picture of the work must not keep the process alive once the work has ended.
    timer.unref();
    return () => clearInterval(timer);
  },
};
