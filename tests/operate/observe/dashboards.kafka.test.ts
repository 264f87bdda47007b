/** Every panel of every dashboard shows data in a run of a live migration, and in a clean run nobody is woken. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DASHBOARDS } from '@causeway/ops/grafana/dashboards/all-dashboards';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Program } from './program.ts';
import { ObservedStack } from './observed-stack.ts';

let stack: ObservedStack;
let receiver: Program;
let from = 0;
let to = 0;

const now = (): number => Date.now() / 1000;
/** As Grafana fills them in, with all values chosen. */
const filledIn = (expr: string): string => expr.replaceAll('$__rate_interval', '20s').replaceAll(/\$(migration|instance|database)/g, '.*');
const PANELS = Object.entries(DASHBOARDS).flatMap(([name, dashboard]) => dashboard.rows.flatMap((row) => row.panels.flatMap((panel) => panel.queries.map(({ expr }, i) => [`${name}: ${panel.title} (${i + 1})`, expr] as const))));

/** A machine with too much to do may undo an attempt at its deadline; it is begun again. */
async function switched(goal: 'cutover' | 'rollback'): Promise<void> {
  for (let tries = 1; ; tries++) {
    const failed = await stack.shop.switched(goal).then(() => null, (error: Error) => error);
    if (failed === null) return;
    if (tries === 3) throw failed;
  }
}

/** A snapshot that lasts: Prometheus has to find the services and to ask them twice while they load. */
async function slowly(): Promise<void> {
  while ((await stack.bench.run(['throttle', '1MB'])).code !== 0) await sleep(100);
}

beforeAll(async () => {
  stack = await ObservedStack.start({ timeScale: 1 / 5, orders: 250_000, perSecond: 20 });
  receiver = await Program.start('pg_receivewal', { args: ['-D', stack.textFiles, '-d', stack.serverUrl, '--no-loop'] });
  const { shop } = stack;
  from = now();
  shop.write();
  await Promise.all([stack.follow(), slowly()]);
  await stack.bench.run(['throttle', 'off']);
  const backup = await stack.bench.run(['backup', '--metrics-file', join(stack.textFiles, 'backup.prom')]);
  if (backup.code !== 0) throw new Error(backup.stderr);
  await sleep(10_000);
  for (const goal of ['cutover', 'rollback', 'cutover'] as const) {
    await switched(goal);
    await sleep(10_000);
  }
  to = now();
}, 900_000);

afterAll(async () => {
  await receiver?.stop();
  await stack?.close();
});

test.each(PANELS)('%s', async (_, expr) => {
  const series = await stack.prometheus.range(filledIn(expr), from, to);
  expect(series.some(({ values }) => values.length > 0)).toBe(true);
});

test('nobody was woken', async () => {
  const fired = await stack.prometheus.range('ALERTS{alertstate="firing"}', from, to);
  expect(fired.map(({ metric }) => metric)).toEqual([]);
});

test('the application lost nothing meanwhile', async () => {
  await stack.shop.stopWriting();
  await stack.shop.untilStill();
  expect(await stack.shop.compare('postgresql')).toMatchObject({ lost: 0, doubled: 0, different: 0 });
});
