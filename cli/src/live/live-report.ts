/** The final report of a live migration: what moved, every switch with its steps and the time that nobody could write, what was found. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closedMs } from '@causeway/control/cutover/fence-time';
import { readSteps } from '@causeway/control/cutover/step-record';
import type { Generation } from '@causeway/control/record/table-record';
import { readProgress } from '@causeway/control/record/table-record';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { readBeats } from '@causeway/control/live/service-beat';
import type pg from 'pg';

export interface LiveReport {
  readonly schema: 'causeway.live-report/1';
  readonly migration: string;
  readonly generation: number;
  readonly source: string;
  readonly toolVersion: string;
  readonly endedAt: string;
  readonly tables: number;
  readonly rowsOfSnapshot: number;
  readonly changesApplied: string;
  readonly rowsVerified: number | null;
  readonly divergences: { readonly found: number; readonly open: number };
  readonly quarantined: number;
  readonly switches: readonly { readonly attempt: number; readonly closedMs: number | null; readonly steps: readonly { readonly step: string; readonly state: string; readonly ms: number }[] }[];
}

export async function liveReport(pool: pg.Pool, record: MigrationRecord, g: Generation, toolVersion: string): Promise<LiveReport> {
  const steps = await readSteps(pool, g.migration);
  const tables = await readProgress(pool, g);
  const counts = await pool.query(
    `SELECT (SELECT count(*)::int FROM causeway.divergence WHERE migration = $1 AND generation = $2) AS found,
            (SELECT count(*)::int FROM causeway.divergence WHERE migration = $1 AND generation = $2 AND state = 'open') AS open,
            (SELECT count(*)::int FROM causeway.quarantine WHERE migration = $1 AND generation = $2) AS quarantined,
            (SELECT changes::text FROM causeway.stream_position WHERE migration = $1 AND generation = $2) AS changes`,
    [g.migration, g.generation],
  );
  const { found, open, quarantined, changes } = counts.rows[0] as { found: number; open: number; quarantined: number; changes: string };
  const verified = (await readBeats(pool, g.migration)).find((b) => b.name === 'validator')?.state['rowsVerified'];
  const attempts = [...new Set(steps.map((s) => s.attempt))];
  return {
    schema: 'causeway.live-report/1',
    migration: record.name,
    generation: record.generation,
    source: record.source.path,
    toolVersion,
    endedAt: new Date().toISOString(),
    tables: tables.length,
    rowsOfSnapshot: tables.reduce((sum, t) => sum + Number(t.rows), 0),
    changesApplied: changes,
    rowsVerified: typeof verified === 'number' ? verified : null,
    divergences: { found, open },
    quarantined,
    switches: await Promise.all(
      attempts.map(async (attempt) => ({
        attempt: Number(attempt),
        closedMs: await closedMs(pool, g.migration, attempt),
        steps: steps.filter((s) => s.attempt === attempt).map((s) => ({ step: s.step, state: s.state, ms: Math.round(s.ms * 10) / 10 })),
      })),
    ),
  };
}

/** Writes `live-report.json` and `live-report.md`; returns the path of the latter. */
export function writeLiveReport(report: LiveReport, folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'live-report.json'), `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
  const path = join(folder, 'live-report.md');
  writeFileSync(path, reportText(report), { mode: 0o600 });
  return path;
}

function reportText(r: LiveReport): string {
  const switches = r.switches.flatMap((s) => [
    `## Attempt ${s.attempt}${s.closedMs === null ? '' : `: nobody could write for ${Math.round(s.closedMs)} ms`}`,
    '',
    '| step | state | ms |',
    '|---|---|---|',
    ...s.steps.map((step) => `| ${step.step} | ${step.state} | ${step.ms} |`),
    '',
  ]);
  return [
    `# Migration ${JSON.stringify(r.migration)}`,
    '',
    `Ended ${r.endedAt} with causeway ${r.toolVersion}. Source: \`${r.source}\`, generation ${r.generation}.`,
    '',
    `- ${r.tables} tables, ${r.rowsOfSnapshot} rows in the snapshot, ${r.changesApplied} changed keys applied since`,
    `- ${r.rowsVerified ?? 'an unknown number of'} rows compared by the last validator`,
    `- ${r.divergences.found} divergences found, ${r.divergences.open} of them open at the end`,
    `- ${r.quarantined} rows in the quarantine`,
    '',
    ...switches,
  ].join('\n');
}
