/** Dashboards, alerts and runbooks agree with the code and with each other; promtool agrees with the rules. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { METRICS } from '@causeway/contracts/metric-names';
import { ALERTS } from '@causeway/ops/alerts/all-alerts';
import { runbookOf } from '@causeway/ops/alerts/alert';
import { DASHBOARDS } from '@causeway/ops/grafana/dashboards/all-dashboards';
import { madeFiles } from '@causeway/ops/made-files';
import { renderConfig } from '@causeway/ops/prometheus/render-config';
import { renderRules } from '@causeway/ops/prometheus/render-rules';
import { findProgram } from '@causeway/runtime/parts/find-program';
import { afterAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');
const RUNBOOKS = join(ROOT, 'docs', 'runbooks');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const PANELS = Object.entries(DASHBOARDS).flatMap(([name, dashboard]) => dashboard.rows.flatMap((row) => row.panels.map((panel) => ({ name, panel }))));
const QUERIES = PANELS.flatMap(({ name, panel }) => panel.queries.map(({ expr }) => ({ where: `${name}: ${panel.title}`, expr })));
const RULES = ALERTS.map((alert) => ({ where: alert.name, expr: alert.expr({ age: () => '1' }) }));

/** What others tell: Node and prom-client, Prometheus itself, node_exporter, and postgres_exporter beside our queries of it. */
const OTHERS = new Set([
  ...['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'],
  ...['node_filesystem_avail_bytes', 'node_filesystem_size_bytes'],
  ...['pg_up', 'pg_settings_max_connections', 'pg_stat_activity_count', 'pg_stat_activity_max_tx_duration', 'pg_locks_count', 'pg_database_size_bytes', 'pg_stat_bgwriter_checkpoints_timed_total', 'pg_stat_bgwriter_checkpoints_req_total'],
  ...['xact_commit', 'xact_rollback', 'tup_fetched', 'tup_inserted', 'tup_updated', 'tup_deleted', 'blks_hit', 'blks_read', 'temp_bytes', 'deadlocks', 'conflicts'].map((name) => `pg_stat_database_${name}`),
]);

function knownNames(): Set<string> {
  const ours = Object.entries(METRICS).flatMap(([name, { type }]) => (type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => `causeway_${name}${end}`) : [`causeway_${name}`]));
  const queries = parse(read('ops/postgres-exporter/queries.yaml')) as Record<string, { metrics: Record<string, { usage: string }>[] }>;
  const columns = Object.entries(queries).flatMap(([prefix, { metrics }]) => metrics.flatMap((metric) => Object.entries(metric).flatMap(([name, { usage }]) => (usage === 'LABEL' ? [] : [`${prefix}_${name}`]))));
  return new Set([...ours, ...columns, ...OTHERS]);
}

test('no query uses a metric that nobody tells', () => {
  const known = knownNames();
  const asked = [...QUERIES, ...RULES].flatMap(({ where, expr }) => [...expr.matchAll(/\b(?:causeway|pg|node|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => ({ where, name })));
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter(({ name }) => !known.has(name))).toEqual([]);
});

test('the files of ops/ are those that the declarations make', () => {
  const old = Object.entries(madeFiles()).filter(([path, text]) => !existsSync(join(ROOT, path)) || read(path) !== text);
  expect(old.map(([path]) => `${path} is out of date: node ops/src/main.ts`)).toEqual([]);
  expect(readdirSync(join(ROOT, 'ops/grafana/dashboards')).sort()).toEqual(Object.keys(DASHBOARDS).map((name) => `${name}.json`).sort());
});

test('every panel says what it means; ids are single and panels do not lie on each other', () => {
  for (const { name, panel } of PANELS) {
    if (panel.description.length < 4) throw new Error(`${name}: ${panel.title} has no description`);
    if (panel.runbook !== undefined) expect(existsSync(join(RUNBOOKS, `${panel.runbook}.md`))).toBe(true);
  }
  for (const name of Object.keys(DASHBOARDS)) {
    const { panels, uid } = JSON.parse(read(`ops/grafana/dashboards/${name}.json`)) as { uid: string; panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[] };
    expect(uid).toMatch(/^causeway-/);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, i) => `${x + (i % w)}/${y + Math.floor(i / w)}`));
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  }
});

test('every alert has a runbook with its four parts and commands that exist, and every runbook an alert', () => {
  const pages = readdirSync(RUNBOOKS).filter((page) => page !== 'README.md').map((page) => page.replace(/\.md$/, ''));
  expect(pages.sort()).toEqual(ALERTS.map(({ name }) => runbookOf(name)).sort());
  const known = read('docs/cli.md');
  for (const { name } of ALERTS) {
    const page = read(`docs/runbooks/${runbookOf(name)}.md`);
    expect(page.startsWith(`# ${name}\n`)).toBe(true);
    for (const part of ['## Symptom', '## Why it matters', '## What to look at', '## What to do']) if (!page.includes(part)) throw new Error(`${name} has no part "${part}"`);
    for (const [, command = '', options = ''] of page.matchAll(/[`:] ?(?:\.\/)?causeway ([a-z]+)((?: [^`\n|&;]*)?)`/g)) {
      const help = known.split(/^## /m).find((section) => section.startsWith(`causeway ${command}\n`));
      if (help === undefined) throw new Error(`${name}: there is no command ${command}`);
      for (const [option] of options.matchAll(/--[a-z-]+/g)) if (!help.includes(option)) throw new Error(`${name}: causeway ${command} has no ${option}`);
    }
  }
});

const promtool = findProgram('promtool', process.env);
const folder = mkdtempSync(join(tmpdir(), 'causeway-promtool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function tool(...args: string[]): void {
  const run = spawnSync(promtool as string, args, { cwd: ROOT, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`promtool ${args.join(' ')}: ${run.stdout}${run.stderr}`);
}

// bash .ci/run installs it (Debian's package prometheus); elsewhere its absence is a counted skip.
(promtool === undefined ? test.skip : test)('promtool: the rules at two scales of time, their unit tests, the configuration, every query of every panel', () => {
  tool('check', 'rules', 'ops/prometheus/rules/causeway.yml');
  tool('test', 'rules', 'ops/prometheus/tests/causeway.yml');
  tool('check', 'config', 'ops/prometheus/prometheus.yml');
  writeFileSync(join(folder, 'short.yml'), renderRules({ timeScale: 0.001, runbookBase: 'https://example.org/runbooks' }));
  tool('check', 'rules', join(folder, 'short.yml'));
  writeFileSync(join(folder, 'prometheus.yml'), renderConfig(0.001).replace('rules/*.yml', 'short.yml'));
  tool('check', 'config', join(folder, 'prometheus.yml'));
  const filled = (expr: string): string => expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$(migration|instance|database)/g, '.*');
  const rules = QUERIES.map(({ expr }, i) => ({ record: `panel:${i}`, expr: filled(expr) }));
  writeFileSync(join(folder, 'panels.yml'), JSON.stringify({ groups: [{ name: 'panels', rules }] }));
  tool('check', 'rules', join(folder, 'panels.yml'));
}, 300_000);

test('one variable shortens every duration, and nothing else', () => {
  const rules = (timeScale: number): { alert: string; expr: string; for?: string }[] => (parse(renderRules({ timeScale, runbookBase: 'x' })) as { groups: { rules: { alert: string; expr: string; for?: string }[] }[] }).groups.flatMap((group) => group.rules);
  const [long, short] = [rules(1), rules(0.001)];
  expect(short.map((rule) => rule.alert)).toEqual(long.map((rule) => rule.alert));
  const seconds = (expr: string): string => expr.replaceAll(/\b(86400|86\.4|93600|93\.6)\b/g, 'AGE');
  expect(short.map((rule) => seconds(rule.expr))).toEqual(long.map((rule) => seconds(rule.expr)));
  expect(long.find((rule) => rule.alert === 'CausewayLagHigh')?.for).toBe('5m');
  expect(short.find((rule) => rule.alert === 'CausewayLagHigh')?.for).toBe('300ms');
});

test('every alert is made to fire by its real cause somewhere', () => {
  const folder = join(ROOT, 'tests/operate/observe');
  const text = readdirSync(folder).filter((file) => file.endsWith('-alerts.kafka.test.ts')).map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  expect(ALERTS.map(({ name }) => name).filter((name) => !text.includes(`expectAlert(stack.prometheus, '${name}'`))).toEqual([]);
});
