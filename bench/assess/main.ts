/**
 * `npm run bench:assess -- [--rows N] [--rounds N] [--json FILE]`: how long `assess` reads beside the raw scan of the
 * same rows. They take turns, in processes of their own; the ratio is the median of the rounds' ratios.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { medianBy } from '../pipeline/median.ts';
import { makeOrders } from './make-orders.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { rows: text, rounds: text, json: text } });
const rows = Number(values.rows ?? 1_000_000);
const rounds = Number(values.rounds ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'causeway-bench-assess-'));
const source = join(folder, 'orders.sqlite');
const round2 = (n: number): number => Math.round(n * 100) / 100;

interface Round {
  readonly scan: number;
  readonly read: number;
  readonly foreignKeys: number;
  readonly uniqueness: number;
}

try {
  makeOrders(source, rows);
  const results: Round[] = [];
  for (let i = 0; i < rounds; i++) {
    const scan = run<{ seconds: number }>('scan-process.ts');
    const { seconds } = run<{ seconds: Record<string, number> }>('assess-process.ts');
    const round = { scan: scan.seconds, read: (seconds.read ?? 0) + (seconds.refused ?? 0), foreignKeys: seconds.foreignKeys ?? 0, uniqueness: seconds.uniqueness ?? 0 };
    results.push(round);
    process.stderr.write(`bench: round ${i + 1}: raw scan ${round2(round.scan)} s, assess ${round2(round.read)} s, ratio ${round2(round.read / round.scan)}\n`);
  }
  const summary = {
    rows,
    rounds,
    ratio: round2(medianBy(results, (r) => r.read / r.scan)),
    seconds: { rawScan: round2(medianBy(results, (r) => r.scan)), assess: round2(medianBy(results, (r) => r.read)), foreignKeys: round2(medianBy(results, (r) => r.foreignKeys)), uniqueness: round2(medianBy(results, (r) => r.uniqueness)) },
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
    date: new Date().toISOString().slice(0, 10),
  };
  console.log(summary);
  if (values.json !== undefined) writeFileSync(resolve(values.json), `${JSON.stringify(summary, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A process of its own, so that no run has the other's memory or warm code. */
function run<T>(script: string): T {
  const done = spawnSync(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), source], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (done.status !== 0) throw new Error(`${script} ended with ${done.status}`);
  return JSON.parse(done.stdout) as T;
}
