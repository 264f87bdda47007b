/** What the capture's triggers cost the application: the same writer with and without them, alternating, no service running. */
import { copyFileSync, fsyncSync, openSync, closeSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { capturedTables } from '@causeway/control/capture/captured-table';
import { installCapture } from '@causeway/control/capture/install-capture';
import { contractsFromPlan } from '@causeway/control/plan/contracts-from-plan';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import { makePlan } from '@causeway/control/plan/make-plan';
import Database from 'better-sqlite3';
import { medianBy } from '../pipeline/median.ts';
import { makeOrderLines, type Synchronous, writeSingleRows } from './order-lines.ts';

export interface CaptureCost {
  /** Seconds of the captured writer beyond those of the bare one, as a fraction of the bare one's: the median of the rounds. */
  readonly fraction: number;
  readonly bareSeconds: number;
  readonly rounds: readonly number[];
}

export interface CaptureCostOptions {
  readonly folder: string;
  readonly rows: number;
  readonly changes: number;
  readonly rounds: number;
  readonly unique: boolean;
  readonly synchronous: Synchronous;
}

/** Each round starts from the same file and changes which of the two goes first. */
export function measureCaptureCost(options: CaptureCostOptions): CaptureCost {
  const { folder, rows, changes, rounds, synchronous } = options;
  const base = join(folder, `base-${options.unique ? 'unique' : 'plain'}.sqlite`);
  rmSync(base, { force: true });
  makeOrderLines(base, rows, options.unique);
  const once = (captured: boolean): number => {
    const file = join(folder, 'round.sqlite');
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    copyFileSync(base, file);
    if (captured) install(file);
    return writeSingleRows(file, synchronous, changes);
  };
  once(false);
  const pairs = Array.from({ length: rounds }, (_, round) => {
    if (round % 2 === 0) {
      const bare = once(false);
      return { bare, captured: once(true) };
    }
    const captured = once(true);
    return { bare: once(false), captured };
  });
  const cost = (pair: { bare: number; captured: number }): number => pair.captured / pair.bare - 1;
  return { fraction: cost(medianOf(pairs, cost)), bareSeconds: medianBy(pairs, (pair) => pair.bare), rounds: pairs.map(cost) };
}

function medianOf<T>(items: readonly T[], value: (item: T) => number): T {
  const middle = medianBy(items, value);
  return items.find((item) => value(item) === middle) as T;
}

function install(file: string): void {
  const db = new Database(file);
  const schema = discoverSchema(db);
  const plan = makePlan(db, schema, { names: 'exact', targetSchema: 'public', full: false });
  installCapture(db, 'bench', capturedTables(schema, contractsFromPlan(plan, schema)));
  db.close();
}

/** Milliseconds of one sync of a small append; the bar of FULL holds only where this is 0.5 ms or more. */
export function syncMilliseconds(folder: string): number {
  const file = join(folder, 'sync');
  const descriptor = openSync(file, 'w');
  const times = Array.from({ length: 50 }, () => {
    writeSync(descriptor, Buffer.alloc(4096));
    const began = process.hrtime.bigint();
    fsyncSync(descriptor);
    return Number(process.hrtime.bigint() - began) / 1e6;
  });
  closeSync(descriptor);
  rmSync(file);
  return medianBy(times, (time) => time);
}
