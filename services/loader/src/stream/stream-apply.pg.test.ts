/** What a batch does to the target, under session_replication_role and without: hand-made batches on real tables. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { StreamBench, type TestLane } from './stream-bench.fixture.ts';

const SPECS = [
  { name: 'person', columns: { id: 'int8', name: 'text', boss: 'int8', note: 'text' }, key: ['id'] },
  { name: 'pet', columns: { id: 'int8', owner: 'int8', doc: 'jsonb' }, key: ['id'] },
  { name: 'tag', columns: { pet: 'int8', word: 'text', n: 'int8' }, key: ['pet', 'word'] },
  { name: 'log', columns: { what: 'text' }, key: [] },
  { name: 'badge', columns: { code: 'text', person: 'text' }, key: ['code'] },
  { name: 'left', columns: { id: 'int8', other: 'int8' }, key: ['id'] },
  { name: 'right', columns: { id: 'int8', other: 'int8' }, key: ['id'] },
  { name: 'topic', columns: { id: 'int8', word: 'text' }, key: ['id'] },
  { name: 'post', columns: { id: 'int8', topic: 'text' }, key: ['id'] },
] as const;
const DDL = `
  ALTER TABLE public."left" ADD CONSTRAINT left_right FOREIGN KEY (other) REFERENCES public."right" (id);
  ALTER TABLE public."right" ADD CONSTRAINT right_left FOREIGN KEY (other) REFERENCES public."left" (id);
  ALTER TABLE public.person ADD CONSTRAINT person_name UNIQUE (name);
  ALTER TABLE public.person ADD CONSTRAINT person_boss FOREIGN KEY (boss) REFERENCES public.person (id);
  ALTER TABLE public.pet ADD CONSTRAINT pet_owner FOREIGN KEY (owner) REFERENCES public.person (id) ON DELETE CASCADE;
  ALTER TABLE public.tag ADD CONSTRAINT tag_pet FOREIGN KEY (pet) REFERENCES public.pet (id) ON DELETE CASCADE;
  ALTER TABLE public.badge ADD CONSTRAINT badge_person FOREIGN KEY (person) REFERENCES public.person (name);
  ALTER TABLE public.topic ADD CONSTRAINT topic_word UNIQUE (word);
  ALTER TABLE public.post ADD CONSTRAINT post_topic FOREIGN KEY (topic) REFERENCES public.topic (word);
  CREATE INDEX ON public.pet (owner)`;

const p = (id: number, name: string, boss: number | null = null): object => ({ id, name, boss, note: null });
const ids = (...list: number[]): { id: number }[] => list.map((id) => ({ id }));

describe.each([{ plain: false }, { plain: true }])('a role with the grant to set session_replication_role: not $plain', ({ plain }) => {
  let bench: StreamBench;
  let lane: TestLane;
  let at: number;
  const send = async (...parts: Parameters<StreamBench['messages']>[0]['parts'] & object): Promise<void> => {
    await lane.take(bench.messages({ from: at, to: at + 1, parts }));
    at++;
    expect((await bench.position()).applied).toBe(BigInt(at));
  };

  beforeAll(async () => {
    bench = await StreamBench.open(SPECS, { plain, ddl: DDL });
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    await bench.pool.query(`SET session_replication_role = replica; DELETE FROM public.person; DELETE FROM public.pet; DELETE FROM public.tag; DELETE FROM public.log; DELETE FROM public.badge; DELETE FROM public."left"; DELETE FROM public."right"; DELETE FROM public.post; DELETE FROM public.topic; RESET session_replication_role; DELETE FROM causeway.quarantine`);
    at = Number((await bench.position()).applied);
    lane = await bench.lane();
    expect(lane.session.replica).toBe(!plain);
  });
  afterEach(() => lane.close());

  // Invariant: I51
  test('unique swaps and rotations, in one batch', async () => {
    await send({ table: 'person', keys: ids(1, 2, 3), rows: [p(1, 'a'), p(2, 'b'), p(3, 'c')] as never });
    await send({ table: 'person', keys: ids(1, 2, 3), rows: [p(1, 'b'), p(2, 'c'), p(3, 'a')] as never });
    expect((await bench.rowsOf('person')).map((r) => (r as { name: string }).name)).toEqual(['b', 'c', 'a']);
    await send({ table: 'person', keys: ids(1, 4), rows: [p(4, 'b')] as never });
    expect((await bench.rowsOf('person')).map((r) => (r as { name: string }).name)).toEqual(['c', 'a', 'b']);
  });

  // Invariant: I51
  test('self references, parents after children, and a child that moves while its parent goes', async () => {
    await send({ table: 'person', keys: ids(1, 2), rows: [p(1, 'a', 2), p(2, 'b', 1)] as never });
    await send({ table: 'pet', keys: ids(10), rows: [{ id: 10, owner: 3, doc: '{}' }] }, { table: 'person', keys: ids(3), rows: [p(3, 'c')] as never });
    await send({ table: 'tag', keys: [{ pet: 10, word: 'x' }], rows: [{ pet: 10, word: 'x', n: 1 }] });
    await send({ table: 'person', keys: ids(3, 4), rows: [p(4, 'c')] as never }, { table: 'pet', keys: ids(10), rows: [{ id: 10, owner: 4, doc: '{}' }] });
    expect(await bench.rowsOf('pet')).toMatchObject([{ id: 10n, owner: 4n }]);
    expect(await bench.rowsOf('tag')).toMatchObject([{ pet: 10n, word: 'x', n: 1n }]);
  });

  test('a table whose only tie is a reference to a column that is not its key', async () => {
    await send({ table: 'topic', keys: ids(1, 2), rows: [{ id: 1, word: 'a' }, { id: 2, word: 'b' }] });
    await send({ table: 'post', keys: ids(7), rows: [{ id: 7, topic: 'a' }] });
    await send({ table: 'topic', keys: ids(1), rows: [{ id: 1, word: 'c' }] }, { table: 'post', keys: ids(7), rows: [{ id: 7, topic: 'c' }] });
    expect(await bench.rowsOf('post')).toMatchObject([{ id: 7n, topic: 'c' }]);
    expect(await bench.rowsOf('topic')).toMatchObject([{ id: 1n, word: 'c' }, { id: 2n, word: 'b' }]);
  });

  test('a parent that is replaced keeps its children: ON DELETE CASCADE never acts on top of the stream', async () => {
    await send({ table: 'person', keys: ids(1), rows: [p(1, 'a')] as never }, { table: 'pet', keys: ids(10, 11), rows: [{ id: 10, owner: 1, doc: '1' }, { id: 11, owner: 1, doc: '2' }] });
    await send({ table: 'person', keys: ids(1), rows: [p(1, 'z')] as never });
    expect((await bench.rowsOf('pet')).length).toBe(2);
    await send({ table: 'person', keys: ids(1) }, { table: 'pet', keys: ids(10, 11) });
    expect((await bench.rowsOf('pet')).length).toBe(0);
  });

  test('a referenced column that is not the key changes with its children', async () => {
    await send({ table: 'person', keys: ids(1), rows: [p(1, 'a')] as never }, { table: 'badge', keys: [{ code: 'k' }], rows: [{ code: 'k', person: 'a' }] });
    await send({ table: 'person', keys: ids(1), rows: [p(1, 'b')] as never }, { table: 'badge', keys: [{ code: 'k' }], rows: [{ code: 'k', person: 'b' }] });
    expect(await bench.rowsOf('badge')).toEqual([{ code: 'k', person: 'b' }]);
  });

  // Invariant: I51
  test('a circle of foreign keys comes, turns and goes', async () => {
    const circle = (left: number, right: number): { id: number; other: number }[][] => [[{ id: left, other: right }], [{ id: right, other: left }]];
    const [l1 = [], r1 = []] = circle(1, 2);
    await send({ table: 'left', keys: ids(1), rows: l1 }, { table: 'right', keys: ids(2), rows: r1 });
    const [l2 = [], r2 = []] = circle(3, 2);
    await send({ table: 'left', keys: ids(1, 3), rows: l2 }, { table: 'right', keys: ids(2), rows: r2 });
    expect([await bench.rowsOf('left'), await bench.rowsOf('right')]).toEqual([[{ id: 3n, other: 2n }], [{ id: 2n, other: 3n }]]);
    await send({ table: 'left', keys: ids(3), rows: [{ id: 3, other: null }] }, { table: 'right', keys: ids(2) });
    expect([await bench.rowsOf('left'), await bench.rowsOf('right')]).toEqual([[{ id: 3n, other: null }], []]);
  });

  test('rows without a key keep their multiplicity', async () => {
    await send({ table: 'log', keys: [{ rowid: 1 }, { rowid: 2 }], rows: [{ rowid: 1, what: 'x' }, { rowid: 2, what: 'x' }] });
    await send({ table: 'log', keys: [{ rowid: 2 }, { rowid: 3 }, { rowid: 4 }], rows: [{ rowid: 3, what: 'x' }, { rowid: 4, what: null }] });
    expect((await bench.rowsOf('log')).map((r) => (r as { what: string }).what)).toEqual(['x', 'x', null]);
  });

  // Invariant: I52
  test('a row that PostgreSQL refuses is quarantined and heals; so does one that was rejected before', async () => {
    await send({ table: 'pet', keys: ids(1, 2, 3), rows: [{ id: 1, owner: null, doc: '{}' }, { id: 2, owner: null, doc: '{"x": "\\u0000"}' }, { id: 3, owner: null, doc: '[]' }] });
    expect((await bench.rowsOf('pet')).map((r) => (r as { id: bigint }).id)).toEqual([1n, 3n]);
    expect(await bench.quarantine()).toEqual([{ table_no: 1, key: '2', code: 'SQLSTATE_22P05' }]);
    await send({ table: 'pet', keys: ids(3), rejects: [{ key: { id: 3 }, column: 'doc', values: { id: 3, owner: null, doc: 'nope' } }] });
    expect((await bench.quarantine()).map((q) => q.key)).toEqual(['2', '3']);
    await send({ table: 'pet', keys: ids(2), rows: [{ id: 2, owner: null, doc: '{"y": "\\u0000"}' }] });
    expect((await bench.quarantine()).map((q) => q.key)).toEqual(['3', '2']);
    await send({ table: 'pet', keys: ids(2, 3), rows: [{ id: 2, owner: null, doc: '1' }] });
    expect(await bench.quarantine()).toEqual([]);
    expect((await bench.rowsOf('pet')).map((r) => (r as { id: bigint }).id)).toEqual([1n, 2n]);
  });

  // Invariant: I51
  test('a batch larger than memory is staged, and applied whole', async () => {
    lane.close();
    lane = await bench.lane(2_000);
    await send({ table: 'person', keys: ids(1, 2), rows: [p(1, 'a'), p(2, 'b')] as never }, { table: 'pet', keys: ids(7), rejects: [{ key: { id: 7 }, column: 'doc', values: { id: 7 } }] });
    const many = Array.from({ length: 200 }, (_, i) => i + 100);
    const parts = [
      ...Array.from({ length: 4 }, (_, n) => many.slice(n * 50, n * 50 + 50)).map((slice) => ({ table: 'person', keys: ids(...slice), rows: slice.map((id) => p(id, `name ${id}`)) as never })),
      { table: 'person', keys: ids(1, 2), rows: [p(1, 'b'), p(2, 'a', 100)] as never },
      { table: 'pet', keys: ids(7, 8), rows: [{ id: 7, owner: 1, doc: '{}' }, { id: 8, owner: 2, doc: '{"x": "\\u0000"}' }] },
      { table: 'log', keys: [{ rowid: 5 }], rows: [{ rowid: 5, what: 'staged' }] },
    ];
    for (const message of bench.messages({ from: at, to: at + 1, parts })) {
      expect((await bench.position()).applied).toBe(BigInt(at));
      await lane.take([message]);
    }
    at++;
    expect((await bench.position()).applied).toBe(BigInt(at));
    expect((await bench.rowsOf('person')).length).toBe(202);
    expect((await bench.rowsOf('pet')).map((r) => (r as { id: bigint }).id)).toEqual([7n]);
    expect(await bench.quarantine()).toEqual([{ table_no: 1, key: '8', code: 'SQLSTATE_22P05' }]);
    await send({ table: 'person', keys: ids(2, ...many), rows: [p(2, 'a')] as never });
    expect((await bench.rowsOf('log')).length).toBe(1);
  });
});

describe('rows that break a foreign key in the source', () => {
  const constraint = async (bench: StreamBench): Promise<unknown> => (await bench.pool.query("SELECT convalidated FROM pg_constraint WHERE conname = 'pet_owner'")).rows[0].convalidated;

  // Invariant: I53
  test.each([
    ['a child without its parent', [{ table: 'pet', keys: ids(1), rows: [{ id: 1, owner: 99, doc: '{}' }] }]],
    ['a parent that goes without its child', [{ table: 'person', keys: ids(1) }]],
  ])('%s: the target follows the source, and the key becomes NOT VALID', async (_, parts) => {
    const bench = await StreamBench.open(SPECS, { ddl: DDL });
    try {
      const lane = await bench.lane();
      await lane.take(bench.messages({ from: 0, to: 1, parts: [{ table: 'person', keys: ids(1), rows: [p(1, 'a')] as never }, { table: 'pet', keys: ids(5), rows: [{ id: 5, owner: 1, doc: '{}' }] }] }));
      expect(await constraint(bench)).toBe(true);
      await lane.take(bench.messages({ from: 1, to: 2, parts }));
      expect(await constraint(bench)).toBe(false);
      expect((await bench.position()).applied).toBe(2n);
      await lane.take(bench.messages({ from: 2, to: 3, parts: [{ table: 'pet', keys: ids(6), rows: [{ id: 6, owner: 98, doc: '{}' }] }] }));
      expect((await bench.rowsOf('pet')).length).toBe(parts.length === 1 && parts[0]?.table === 'pet' ? 3 : 2);
      lane.close();
    } finally {
      await bench.close();
    }
  });
});

describe('rows that break a foreign key, where the role cannot set it aside', () => {
  let bench: StreamBench;
  let lane: TestLane;
  beforeAll(async () => {
    bench = await StreamBench.open(SPECS, { ddl: DDL, plain: true });
    lane = await bench.lane();
    await lane.take(bench.messages({ from: 0, to: 1, parts: [{ table: 'person', keys: ids(1), rows: [p(1, 'a')] as never }, { table: 'pet', keys: ids(5), rows: [{ id: 5, owner: 1, doc: '{}' }] }] }));
  });
  afterAll(async () => {
    lane.close();
    await bench.close();
  });

  // Invariant: I52
  test('a child without its parent goes to the quarantine, its neighbours to the table', async () => {
    const rows = [{ id: 6, owner: 99, doc: '{}' }, { id: 7, owner: 1, doc: '{}' }];
    await lane.take(bench.messages({ from: 1, to: 2, parts: [{ table: 'pet', keys: ids(6, 7), rows }] }));
    expect((await bench.rowsOf('pet')).map((r) => (r as { id: bigint }).id)).toEqual([5n, 7n]);
    expect(await bench.quarantine()).toEqual([{ table_no: 1, key: '6', code: 'SQLSTATE_23503' }]);
  });

  // Invariant: I51
  test('a parent that goes without its children stops the stream by name; the children stay', async () => {
    await expect(lane.take(bench.messages({ from: 2, to: 3, parts: [{ table: 'person', keys: ids(1) }] }))).rejects.toMatchObject({ code: 'CHANGE_REFUSED', message: expect.stringContaining('pet_owner') });
    expect((await bench.rowsOf('pet')).length).toBe(2);
    expect((await bench.position()).applied).toBe(2n);
  });
});
