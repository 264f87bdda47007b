import { describe, expect, test } from '@jest/globals';
import type { IncomingMessage } from '../port.ts';
import { LaneBuffers } from './lane-buffers.ts';

const BEYOND_DOUBLE = 2n ** 53n + 1n;
const message = (offset: bigint, bytes = 10): IncomingMessage => ({ partition: 0, offset, key: null, value: Buffer.alloc(bytes), headers: {}, timestampMs: 0 });
const never = new AbortController().signal;

function buffers(batchBytes: number): { lanes: LaneBuffers; calls: string[] } {
  const calls: string[] = [];
  const lanes = new LaneBuffers({ batchBytes, pause: (p) => calls.push(`pause ${p}`), resume: (p) => calls.push(`resume ${p}`) });
  return { lanes, calls };
}

describe('LaneBuffers', () => {
  test('a fetch from before a seek is not accepted, what overlaps is cut', () => {
    const { lanes } = buffers(100);
    lanes.open(0, 5n);
    expect(lanes.add(0, [message(0n), message(1n)], 9n)).toBe('stale');
    expect(lanes.add(0, [message(7n)], 9n)).toBe('stale');
    expect(lanes.expected(0)).toBe(5n);
    expect(lanes.add(0, [message(4n), message(5n), message(6n)], 9n)).toBe('accepted');
    expect(lanes.expected(0)).toBe(7n);
    expect(lanes.add(1, [message(0n)], 9n)).toBe('closed');
  });

  test('offsets keep all of their 64 bits', async () => {
    const { lanes } = buffers(100);
    lanes.open(0, BEYOND_DOUBLE);
    expect(lanes.add(0, [message(BEYOND_DOUBLE - 1n), message(BEYOND_DOUBLE)], BEYOND_DOUBLE + 1n)).toBe('accepted');
    const { messages, highWatermark } = await lanes.take(0, never);
    expect(messages.map((m) => m.offset)).toEqual([BEYOND_DOUBLE]);
    expect(highWatermark).toBe(BEYOND_DOUBLE + 1n);
  });

  test('a full lane is paused until a batch of it was taken', async () => {
    const { lanes, calls } = buffers(25);
    lanes.open(0, 0n);
    lanes.add(0, [message(0n), message(1n)], 9n);
    expect(calls).toEqual([]);
    lanes.add(0, [message(2n), message(3n), message(4n), message(5n)], 9n);
    expect(calls).toEqual(['pause 0']);
    expect((await lanes.take(0, never)).messages).toHaveLength(3);
    expect(calls).toEqual(['pause 0']);
    expect((await lanes.take(0, never)).messages).toHaveLength(3);
    expect(calls).toEqual(['pause 0', 'resume 0']);
  });

  test('one message that is larger than a batch is a batch', async () => {
    const { lanes } = buffers(25);
    lanes.open(0, 0n);
    lanes.add(0, [message(0n, 1000), message(1n)], 2n);
    expect((await lanes.take(0, never)).messages).toHaveLength(1);
  });

  test('waiting ends with a message or with the signal', async () => {
    const { lanes } = buffers(25);
    lanes.open(0, 0n);
    const taken = lanes.take(0, never);
    lanes.add(0, [message(0n)], 1n);
    expect((await taken).messages).toHaveLength(1);
    const control = new AbortController();
    const aborted = lanes.take(0, control.signal);
    control.abort();
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  });
});
