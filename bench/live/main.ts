/**
 * `npm run bench:live`: the bars of the live part. So far the capture's cost; what is not measured yet is null in the file.
 *   --rows N (1000000)  --changes N (20000)  --rounds N (5)  --json FILE
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureCaptureCost, syncMilliseconds } from './capture-cost.ts';

const number = (value: string) => ({ type: 'string', default: value }) as const;
const { values: flags } = parseArgs({ options: { rows: number('1000000'), changes: number('20000'), rounds: number('5'), json: { type: 'string' } } });
const folder = mkdtempSync(join(tmpdir(), 'causeway-bench-live-'));
try {
  const options = { folder, rows: Number(flags.rows), changes: Number(flags.changes), rounds: Number(flags.rounds) };
  const sync = syncMilliseconds(folder);
  process.stdout.write(`${cpus().length} cores, one sync takes ${sync.toFixed(2)} ms${sync < 0.5 ? ': the bar for FULL does not apply on this disk' : ''}\n`);
  const normal = told('NORMAL', measureCaptureCost({ ...options, unique: false, synchronous: 'NORMAL' }));
  const full = told('FULL', measureCaptureCost({ ...options, unique: false, synchronous: 'FULL' }));
  told('NORMAL, one UNIQUE', measureCaptureCost({ ...options, unique: true, synchronous: 'NORMAL' }));
  const result = {
    visibleMs: null,
    sustainedPerSecond: null,
    captureCost: { full, normal },
    fenceMs: null,
    clientGapMs: null,
    detectionMs: null,
    rollingPassSeconds: null,
    falseAlarms: null,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (flags.json !== undefined) writeFileSync(resolve(process.env['INIT_CWD'] ?? '.', flags.json), `${JSON.stringify(result)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function told(name: string, cost: ReturnType<typeof measureCaptureCost>): number {
  const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`;
  process.stdout.write(`capture, ${name}: ${percent(cost.fraction)} (rounds ${cost.rounds.map(percent).join(', ')}; bare ${cost.bareSeconds.toFixed(2)} s)\n`);
  return cost.fraction;
}
