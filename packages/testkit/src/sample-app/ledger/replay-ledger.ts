/** What the ledger says that the database holds; read by the application when it starts again, and by the comparer. */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { firstRows } from '../first-rows.ts';
import { World } from '../world.ts';
import type { IntentLine, LedgerLine, StartLine } from './ledger-line.ts';

export interface Replayed {
  readonly start: StartLine['s'] | null;
  /** Without the writes of unknown outcome. */
  readonly worlds: readonly World[];
  /** Writes of unknown outcome: at most one for each worker. */
  readonly unknown: readonly IntentLine[];
  readonly acknowledged: number;
  readonly changes: number;
  /** Highest number of a transaction. */
  readonly newest: number;
  readonly anomalies: readonly string[];
  /** Longest time between two acknowledged writes, in milliseconds, and when it ended. */
  readonly longestGap: { readonly ms: number; readonly endedAt: number };
}

/** `shared`: all workers' rows in one world, for the comparer. */
export async function replayLedger(file: string, shared: boolean): Promise<Replayed> {
  const replay = new Replay(shared);
  if (existsSync(file)) {
    for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })) {
      const parsed = parse(line);
      if (parsed !== null) replay.take(parsed);
    }
  }
  return replay.result();
}

/** A line that the kill has cut is one that nobody has acted on. */
function parse(line: string): LedgerLine | null {
  try {
    return line === '' ? null : (JSON.parse(line) as LedgerLine);
  } catch {
    return null;
  }
}

class Replay {
  private readonly shared: boolean;
  private start: StartLine['s'] | null = null;
  private worlds: World[] = [];
  private readonly pending = new Map<number, IntentLine>();
  private readonly anomalies: string[] = [];
  private acknowledged = 0;
  private changes = 0;
  private newest = 0;
  private lastAck = 0;
  private gap = { ms: 0, endedAt: 0 };

  constructor(shared: boolean) {
    this.shared = shared;
  }

  take(line: LedgerLine): void {
    if ('s' in line) this.begin(line.s);
    else if ('i' in line) {
      this.newest = Math.max(this.newest, line.i);
      this.pending.set(line.i, line);
    } else if ('a' in line) {
      this.acknowledged++;
      this.apply(line.a);
      if (this.lastAck > 0 && line.t - this.lastAck > this.gap.ms) this.gap = { ms: line.t - this.lastAck, endedAt: line.t };
      this.lastAck = Math.max(this.lastAck, line.t);
    } else if ('x' in line) this.pending.delete(line.x);
    else if ('r' in line) {
      if (line.f) this.apply(line.r);
      else this.pending.delete(line.r);
    } else this.anomalies.push(`transaction ${line.e}: ${line.m}`);
  }

  result(): Replayed {
    const { start, worlds, acknowledged, changes, newest, anomalies, gap } = this;
    return { start, worlds, unknown: [...this.pending.values()], acknowledged, changes, newest, anomalies, longestGap: gap };
  }

  /** The rows of the beginning; a later start of the application only says the same again. */
  private begin(start: StartLine['s']): void {
    if (this.start !== null) return;
    this.start = start;
    const one = new World();
    this.worlds = Array.from({ length: start.workers }, () => (this.shared ? one : new World()));
    this.worlds.forEach((world, worker) => {
      for (const [table, row] of firstRows(worker, start)) world.put(table, row);
    });
  }

  private apply(n: number): void {
    const intent = this.pending.get(n);
    if (intent === undefined) return;
    this.pending.delete(n);
    this.changes += intent.o.length;
    this.worlds[intent.w]?.apply(intent.o);
  }
}
