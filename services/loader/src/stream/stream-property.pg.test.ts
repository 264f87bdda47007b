/**
 * A random source, tailer and loader: transactions with swaps, cascades and key changes, batches that are repeated, cut
 * into parts, overlapped, lost and interleaved, loaders that restart anywhere. After every step the target is exactly
 * what the source was at the position. A failure prints its seed.
 */
import { expect, test } from '@jest/globals';
import { type SeededRandom, seededRandom } from '@causeway/testkit/seeded-random';
import type { IncomingMessage } from '@causeway/runtime/transport/port';
import { type PartSpec, type Row, StreamBench, type TestLane } from './stream-bench.fixture.ts';

const SPECS = [
  { name: 'person', columns: { id: 'int8', name: 'text', boss: 'int8' }, key: ['id'] },
  { name: 'pet', columns: { id: 'int8', owner: 'int8', call: 'text' }, key: ['id'] },
  { name: 'log', columns: { what: 'text' }, key: [] },
] as const;
const DDL = `ALTER TABLE public.person ADD UNIQUE (name); ALTER TABLE public.person ADD FOREIGN KEY (boss) REFERENCES public.person (id);
  ALTER TABLE public.pet ADD FOREIGN KEY (owner) REFERENCES public.person (id) ON DELETE CASCADE; ALTER TABLE public.pet ADD UNIQUE (call)`;
const KEYS = [['id'], ['id'], ['rowid']];

const isRefused = (row: Row): boolean => String(row['call']).includes('\0');

type Tables = Map<number, Row>[];

/** The source: valid at every commit, with a log of changed keys. */
class Source {
  readonly tables: Tables = SPECS.map(() => new Map());
  readonly log: { table: number; key: number }[] = [];
  readonly states = new Map<number, string>();
  private readonly random: SeededRandom;
  private next = 1;

  constructor(random: SeededRandom) {
    this.random = random;
    this.states.set(0, this.state());
  }

  transaction(): void {
    for (let n = this.random.integer(1, 4); n > 0; n--) this.change();
    this.states.set(this.log.length, this.state());
  }

  state(): string {
    const text = (row: Row): string => JSON.stringify(Object.entries(row).filter(([name]) => name !== 'rowid'));
    // What PostgreSQL cannot hold is in the quarantine, by its key.
    const refused = [...(this.tables[1] as Map<number, Row>).values()].filter(isRefused).map((row) => row['id']);
    return [...this.tables.map((table) => [...table.values()].filter((row) => !isRefused(row)).map(text).sort().join('|')), refused.sort().join()].join('\n');
  }

  private set(table: number, key: number, row: Row | null): void {
    if (row === null) this.tables[table]?.delete(key);
    else this.tables[table]?.set(key, row);
    this.log.push({ table, key });
  }

  private any(table: number): [number, Row] | null {
    const rows = [...(this.tables[table] as Map<number, Row>)];
    return rows.length === 0 ? null : this.random.pick(rows);
  }

  private change(): void {
    const { random } = this;
    const [one, two] = [this.any(0), this.any(0)];
    const pet = this.any(1);
    switch (random.integer(0, 9)) {
      case 0:
      case 1:
        return this.set(0, this.next, { id: this.next, name: `n${this.next++}`, boss: one?.[0] ?? null });
      case 2:
      case 3: {
        if (one === null || two === null || one[0] === two[0]) return;
        this.set(0, one[0], { ...one[1], name: two[1]['name'] });
        return this.set(0, two[0], { ...two[1], name: one[1]['name'] });
      }
      case 4:
        if (one !== null) this.remove(one[0]);
        return;
      case 5:
        if (one !== null) this.set(0, one[0], { ...one[1], boss: two?.[0] ?? null });
        return;
      case 6:
        return this.set(1, this.next, { id: this.next, owner: one?.[0] ?? null, call: `${random.oneIn(4) ? 'bad\0' : 'c'}${this.next++}` });
      case 7: {
        if (pet === null) return;
        // Healed in place, or under another key.
        if (isRefused(pet[1]) && random.oneIn(2)) return this.set(1, pet[0], { ...pet[1], call: `c${this.next++}` });
        this.set(1, pet[0], null);
        const id = this.next++;
        return this.set(1, id, { ...pet[1], id, owner: one?.[0] ?? null });
      }
      case 8:
        return this.set(2, this.next, { rowid: this.next++, what: random.pick(['x', 'y', null]) });
      default: {
        const entry = this.any(2);
        if (entry !== null) this.set(2, entry[0], null);
      }
    }
  }

  private remove(id: number): void {
    for (const [key, row] of this.tables[1] as Map<number, Row>) if (row['owner'] === id) this.set(1, key, null);
    for (const [key, row] of this.tables[0] as Map<number, Row>) if (row['boss'] === id && key !== id) this.set(0, key, { ...row, boss: null });
    this.set(0, id, null);
  }

  /** Final states of everything that changed behind `from`, in parts of one table each. */
  parts(from: number): PartSpec[] {
    const changed = SPECS.map(() => new Set<number>());
    for (const { table, key } of this.log.slice(from)) changed[table]?.add(key);
    return changed.flatMap((keys, table) => {
      const out: PartSpec[] = [];
      for (let list = [...keys]; list.length > 0; ) {
        const slice = list.splice(0, this.random.integer(1, 8));
        const rows = slice.map((key) => this.tables[table]?.get(key)).filter((row) => row !== undefined);
        out.push({ table: SPECS[table]?.name as string, keys: slice.map((key) => ({ [(KEYS[table] as string[])[0] as string]: key })), rows });
      }
      return out;
    });
  }
}

async function targetState(bench: StreamBench): Promise<string> {
  const columns = [['id', 'name', 'boss'], ['id', 'owner', 'call'], ['what']];
  const states: string[] = [];
  for (const [i, spec] of SPECS.entries()) {
    const rows = (await bench.rowsOf(spec.name)) as Record<string, unknown>[];
    const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
    states.push(rows.map((row) => JSON.stringify((columns[i] as string[]).map((name) => [name, plain(row[name])]))).sort().join('|'));
  }
  const refused = (await bench.quarantine()).map((entry) => Number(entry.key));
  return [...states, refused.sort().join()].join('\n');
}

const BASE = Number(process.env.CAUSEWAY_SEED ?? Math.floor(Math.random() * 1e6));
const STEPS = Number(process.env.CAUSEWAY_STEPS ?? 60);

// Invariant: I49, I51, I52
test.each([
  { seed: BASE, plain: false, held: 16_000_000 },
  { seed: BASE + 1, plain: false, held: 300 },
  { seed: BASE + 2, plain: true, held: 16_000_000 },
  { seed: BASE + 3, plain: true, held: 300 },
])('seed $seed, plain role: $plain, $held bytes held', async ({ seed, plain, held }) => {
  const random = seededRandom(seed);
  const bench = await StreamBench.open(SPECS, { plain, ddl: DDL });
  let lane: TestLane = await bench.lane(held);
  try {
    const source = new Source(random);
    const topic: IncomingMessage[] = [];
    let published = 0;
    let consumed = 0;
    /** What a stopped process had read, and publishes when it wakes. */
    let late: IncomingMessage[] = [];
    const publish = (from: number, attempt: string): IncomingMessage[] => {
      const parts = source.parts(from);
      const to = source.log.length;
      return bench.messages(parts.length === 0 ? { from, to } : { from, to, attempt, batch: random.integer(0, 1), parts });
    };
    const append = (messages: readonly IncomingMessage[]): void => {
      for (const message of messages) topic.push({ ...message, offset: BigInt(topic.length) });
    };
    for (let step = 0; step < STEPS; step++) {
      for (let n = random.integer(0, 3); n > 0; n--) source.transaction();
      const position = await bench.position();
      if (position.resendFrom !== null) published = Number(position.resendFrom);
      const messages = publish(published, 'a');
      switch (random.integer(0, 7)) {
        case 0: // lost with the broker's tail
          break;
        case 1: // an older process publishes what it read long ago, in between
        case 4:
          for (const [ours, theirs] = [[...messages], [...late]]; ours.length + theirs.length > 0; ) append((random.oneIn(2) ? ours : theirs).splice(0, 1));
          late = [];
          break;
        case 2: // again
          append(messages);
          append(messages);
          break;
        case 3: // died in the middle, and begins anew
          append(messages.slice(0, random.integer(0, messages.length - 1)));
          append(publish(Number(position.applied), 'b'));
          break;
        default:
          append(messages);
      }
      if (late.length === 0 || random.oneIn(5)) late = publish(random.integer(0, published), 'z');
      published = source.log.length;
      while (consumed < topic.length && !random.oneIn(4)) {
        const end = Math.min(topic.length, consumed + random.integer(1, 12));
        await lane.take(topic.slice(consumed, end));
        consumed = end;
        expect(`seed ${seed}\n${await targetState(bench)}`).toBe(`seed ${seed}\n${source.states.get(Number((await bench.position()).applied))}`);
      }
      if (random.oneIn(6)) {
        lane.close();
        lane = await bench.lane(held);
        consumed = Number((await bench.position()).nextOffset);
      }
    }
    if (consumed < topic.length) await lane.take(topic.slice(consumed));
    append(publish(Number((await bench.position()).applied), 'end'));
    await lane.take(topic.slice(-bench.lastCount));
    expect(await targetState(bench)).toBe(source.state());
  } finally {
    lane.close();
    await bench.close();
  }
}, 120_000);
