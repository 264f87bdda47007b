import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { onProcessEnd } from './cursor-guard.ts';

describe('the cursor at the end of the process', () => {
  // Someone else who handles the signal: without, the guard would rightly end this process.
  const other = (): void => {};
  beforeEach(() => void process.on('SIGINT', other));
  afterEach(() => void process.off('SIGINT', other));

  test('comes back on a signal, once, and the other handlers stay', () => {
    let restored = 0;
    const before = process.listenerCount('SIGINT');
    onProcessEnd(() => {
      restored += 1;
    });
    process.emit('SIGINT');
    process.emit('SIGINT');
    expect(restored).toBe(1);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  test('is let go when the work is done', () => {
    const counts = (): number[] => ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'].map((name) => process.listenerCount(name));
    const before = counts();
    onProcessEnd(() => {})();
    expect(counts()).toEqual(before);
  });
});
