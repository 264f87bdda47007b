/** The position of the stream: repeats, overlaps, gaps, parts that do not fit, loaders that were taken over. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type BatchSpec, StreamBench, type TestLane } from './stream-bench.fixture.ts';

let bench: StreamBench;
let lane: TestLane;
let at: number;

const set = (n: number): { table: string; keys: { id: number }[]; rows: { id: number; n: number }[] } => ({ table: 't', keys: [{ id: 1 }], rows: [{ id: 1, n }] });
const send = (spec: BatchSpec, to: TestLane = lane): Promise<void> => to.take(bench.messages(spec));
const value = async (): Promise<number> => Number((await bench.pool.query('SELECT n FROM public.t WHERE id = 1')).rows[0]?.n ?? -1);
const applied = async (): Promise<number> => Number((await bench.position()).applied);

beforeAll(async () => {
  bench = await StreamBench.open([{ name: 't', columns: { id: 'int8', n: 'int8' }, key: ['id'] }]);
});
afterAll(() => bench.close());
beforeEach(async () => {
  at = await applied();
  lane = await bench.lane();
});
afterEach(() => lane.close());

// Invariant: I49
test('a repeat is skipped, an overlap is applied whole, a gap is asked for and never applied', async () => {
  await send({ from: at, to: at + 2, parts: [set(2)] });
  await send({ from: at, to: at + 2, parts: [set(-2)] });
  await send({ from: at, to: at + 1, parts: [set(-1)] });
  expect([await value(), await applied()]).toEqual([2, at + 2]);
  await send({ from: at + 1, to: at + 3, parts: [set(3)] });
  expect([await value(), await applied()]).toEqual([3, at + 3]);
  await send({ from: at + 4, to: at + 5, parts: [set(5)] });
  expect([await value(), await applied(), (await bench.position()).resendFrom]).toEqual([3, at + 3, BigInt(at + 3)]);
  await send({ from: at + 3, to: at + 5, parts: [set(55)] });
  expect([await value(), await applied(), (await bench.position()).resendFrom]).toEqual([55, at + 5, null]);
});

test('several batches that wait are applied in one transaction, the last one wins', async () => {
  const messages = [1, 2, 3].flatMap((n) => bench.messages({ from: at + n - 1, to: at + n, parts: [set(n)] }));
  await lane.take(messages);
  expect([await value(), await applied(), lane.steps.length]).toEqual([3, at + 3, 1]);
  expect((await bench.position()).nextOffset).toBe((messages.at(-1)?.offset as bigint) + 1n);
});

// Invariant: I49
test('a heartbeat from ahead shows a lost tail; one from here changes nothing', async () => {
  await send({ from: at, to: at });
  expect((await bench.position()).resendFrom).toBeNull();
  await send({ from: at + 7, to: at + 7 });
  expect((await bench.position()).resendFrom).toBe(BigInt(at));
  await send({ from: at, to: at + 7, parts: [set(7)] });
  expect((await bench.position()).resendFrom).toBeNull();
});

test('a marker counts once everything up to its end is applied', async () => {
  const before = (await bench.position()).markerAttempt;
  await send({ from: at + 1, to: at + 1, kind: 'marker', fence: 5 });
  expect((await bench.position()).markerAttempt).toBe(before);
  await lane.take([...bench.messages({ from: at, to: at + 1, parts: [set(1)] }), ...bench.messages({ from: at + 1, to: at + 1, kind: 'marker', fence: 6 })]);
  expect((await bench.position()).markerAttempt).toBe(6n);
  await send({ from: at + 1, to: at + 1, kind: 'marker', fence: 4 });
  expect((await bench.position()).markerAttempt).toBe(6n);
});

// Invariant: I49
test('parts are joined within one attempt only; a restart reads the open batch from its first part', async () => {
  const ours = bench.messages({ from: at, to: at + 2, attempt: 'x', parts: [set(1), set(2)] });
  const zombie = bench.messages({ from: at, to: at + 1, attempt: 'z', parts: [set(-1), set(-2)] });
  const last = (messages: typeof ours): (typeof ours)[number] => messages.at(-1) as (typeof ours)[number];
  await lane.take([ours[0] as (typeof ours)[number]]);
  await lane.take([zombie[0] as (typeof ours)[number], last(ours)]);
  expect(await applied()).toBe(at);
  expect((await bench.position()).nextOffset).toBe(zombie[0]?.offset);
  await lane.take([last(zombie)]);
  expect(await applied()).toBe(at + 1);
});

// Invariant: I50
test('a loader that was taken over cannot commit, in any way', async () => {
  const young = await bench.lane();
  try {
    await expect(send({ from: at, to: at + 1, parts: [set(-9)] })).rejects.toMatchObject({ code: 'FENCED' });
    await expect(send({ from: at, to: at })).rejects.toMatchObject({ code: 'FENCED' });
    expect(await value()).not.toBe(-9);
    await send({ from: at, to: at + 1, parts: [set(9)] }, young);
    expect(await value()).toBe(9);
  } finally {
    young.close();
  }
});

// Invariant: I50
test('nothing is applied to a generation that is over', async () => {
  await bench.pool.query('UPDATE causeway.migration SET generation = 2');
  try {
    await expect(send({ from: at, to: at + 1, parts: [set(-8)] })).rejects.toMatchObject({ code: 'FENCED' });
    await expect(send({ from: at, to: at })).rejects.toMatchObject({ code: 'FENCED' });
    expect([await value() === -8, await applied()]).toEqual([false, at]);
  } finally {
    await bench.pool.query('UPDATE causeway.migration SET generation = 1');
  }
});

// Invariant: I48
test('a message of another migration stops the stream by name', async () => {
  const [message] = bench.messages({ from: at, to: at + 1, parts: [set(1)] });
  const value = Buffer.from(message?.value as Buffer);
  value[6] = 'x'.charCodeAt(0);
  await expect(lane.take([{ ...(message as NonNullable<typeof message>), value }])).rejects.toMatchObject({ code: 'MESSAGE_INVALID', message: expect.stringMatching(/offset \d+ .* migration x/) });
});

test('a row larger than a message arrives in fragments', async () => {
  const row = bench.rowBytes('t', { id: 1, n: 123_456_789 });
  const middle = 3;
  const piece = (offset: number, bytes: Buffer): object => ({ table: 't', keys: offset === 0 ? [{ id: 1 }] : [], fragment: { reject: false, offset, total: row.length, bytes } });
  await send({ from: at, to: at + 1, parts: [piece(0, row.subarray(0, middle)), piece(middle, row.subarray(middle))] as never });
  expect(await value()).toBe(123_456_789);
});

test('a message that is cut off anywhere stops the stream by name, and nothing of it is applied; whole again it is', async () => {
  const [message] = bench.messages({ from: at, to: at + 1, parts: [set(1)] }) as [ReturnType<StreamBench['messages']>[number]];
  // The last byte only says that the rows end, and their number stands before them.
  for (let length = 0; length < message.value.length - 1; length += 2) {
    const cut = await bench.lane();
    const found = await cut.take([{ ...message, value: message.value.subarray(0, length) }]).then(
      () => 'applied',
      (error: { code?: string }) => error.code,
    );
    cut.close();
    expect([length, found]).toEqual([length, 'MESSAGE_INVALID']);
    expect(await applied()).toBe(at);
  }
  const whole = await bench.lane();
  await whole.take([message]);
  whole.close();
  expect([await value(), await applied()]).toEqual([1, at + 1]);
});
