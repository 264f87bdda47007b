/**
 * `npm run bench:live`: the bars of the live part, on a PostgreSQL and a Kafka of its own.
 *   --rows N (1000000)  --changes N (20000)  --rounds N (5)  --json FILE
 *   --rate N (2000)  --cutovers N (20)  --bulk N (1000000)  --only capture|following
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startBenchParts } from '../pipeline/bench-parts.ts';
import { measureCaptureCost, syncMilliseconds } from './capture-cost.ts';
import { type FollowFigures, measureFollowing } from './follow-figures.ts';

const number = (value: string) => ({ type: 'string', default: value }) as const;
const { values: flags } = parseArgs({ options: { rows: number('1000000'), changes: number('20000'), rounds: number('5'), rate: number('2000'), cutovers: number('20'), bulk: number('1000000'), only: { type: 'string' }, json: { type: 'string' } } });
const folder = mkdtempSync(join(tmpdir(), 'causeway-bench-live-'));
try {
  const capture = flags.only === 'following' ? null : captureCost();
  const following = flags.only === 'capture' ? null : await followed();
  const result = {
    visibleMs: following?.visibleMs ?? null,
    sustainedPerSecond: following?.sustainedPerSecond ?? null,
    captureCost: capture,
    fenceMs: following?.fenceMs ?? null,
    clientGapMs: following?.clientGapMs ?? null,
    detectionMs: following?.detectionMs ?? null,
    rollingPassSeconds: following?.rollingPassSeconds ?? null,
    falseAlarms: following?.falseAlarms ?? null,
    changes: following?.changes ?? null,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (flags.json !== undefined) writeFileSync(resolve(process.env['INIT_CWD'] ?? '.', flags.json), `${JSON.stringify(result)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function captureCost(): { full: number; normal: number } {
  const options = { folder, rows: Number(flags.rows), changes: Number(flags.changes), rounds: Number(flags.rounds) };
  const sync = syncMilliseconds(folder);
  process.stdout.write(`${cpus().length} cores, one sync takes ${sync.toFixed(2)} ms${sync < 0.5 ? ': the bar for FULL does not apply on this disk' : ''}\n`);
  const normal = told('NORMAL', measureCaptureCost({ ...options, unique: false, synchronous: 'NORMAL' }));
  const full = told('FULL', measureCaptureCost({ ...options, unique: false, synchronous: 'FULL' }));
  told('NORMAL, one UNIQUE', measureCaptureCost({ ...options, unique: true, synchronous: 'NORMAL' }));
  return { full, normal };
}

async function followed(): Promise<FollowFigures> {
  const parts = await startBenchParts(folder);
  try {
    const url = await parts.freshDatabase('bench_live');
    return await measureFollowing({ folder, url, brokers: parts.brokers, rows: Number(flags.rows), perSecond: Number(flags.rate), cutovers: Number(flags.cutovers), bulk: Number(flags.bulk), say: (text) => process.stdout.write(`${text}\n`) });
  } finally {
    await parts.stop();
  }
}

function told(name: string, cost: ReturnType<typeof measureCaptureCost>): number {
  const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`;
  process.stdout.write(`capture, ${name}: ${percent(cost.fraction)} (rounds ${cost.rounds.map(percent).join(', ')}; bare ${cost.bareSeconds.toFixed(2)} s)\n`);
  return cost.fraction;
}
