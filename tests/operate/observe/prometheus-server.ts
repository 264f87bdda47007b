/** A real Prometheus with the product's own configuration and rules, at a scale of time, and what a test asks it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderConfig } from '@causeway/ops/prometheus/render-config';
import { renderRules } from '@causeway/ops/prometheus/render-rules';
import { freePort } from '@causeway/testkit/free-port';
import { Program } from './program.ts';

export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface SeriesFound {
  readonly metric: Readonly<Record<string, string>>;
  /** Without those that are not a number. */
  readonly values: readonly number[];
}

export class PrometheusServer {
  readonly targets: string;
  private readonly program: Program;
  private readonly url: string;

  private constructor(program: Program, url: string, targets: string) {
    this.program = program;
    this.url = url;
    this.targets = targets;
  }

  static async start(folder: string, timeScale: number): Promise<PrometheusServer> {
    const targets = join(folder, 'targets');
    for (const made of [targets, join(folder, 'rules')]) mkdirSync(made, { recursive: true });
    writeFileSync(join(folder, 'prometheus.yml'), renderConfig(timeScale));
    writeFileSync(join(folder, 'rules', 'causeway.yml'), renderRules({ timeScale, runbookBase: 'docs/runbooks' }));
    const address = `127.0.0.1:${await freePort()}`;
    const program = await Program.start('prometheus', {
      args: [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=${address}`, '--log.level=warn'],
      readyUrl: `http://${address}/-/ready`,
    });
    return new PrometheusServer(program, `http://${address}/api/v1`, targets);
  }

  /** Where a job's targets are, as somebody who operates it would write them. */
  target(job: string, address: string): void {
    writeFileSync(join(this.targets, `${job}.json`), JSON.stringify([{ targets: [address] }]));
  }

  async alerts(): Promise<FiringAlert[]> {
    return ((await this.ask('/alerts')) as { alerts: FiringAlert[] }).alerts;
  }

  /** With these labels among its own. */
  async firing(name: string, labels: Readonly<Record<string, string>> = {}): Promise<FiringAlert | undefined> {
    const wanted = Object.entries({ ...labels, alertname: name });
    return (await this.alerts()).find((alert) => alert.state === 'firing' && wanted.every(([label, value]) => alert.labels[label] === value));
  }

  async untilFiring(name: string, labels: Readonly<Record<string, string>> = {}, withinMs = 240_000): Promise<FiringAlert> {
    for (const end = performance.now() + withinMs; performance.now() < end; await sleep(250)) {
      const found = await this.firing(name, labels);
      if (found !== undefined) return found;
    }
    throw new Error(`${name} did not fire; these do: ${(await this.alerts()).map((a) => `${JSON.stringify(a.labels)} (${a.state})`).join(', ')}`);
  }

  async untilSilent(name: string, withinMs = 180_000): Promise<void> {
    for (const end = performance.now() + withinMs; performance.now() < end; await sleep(250)) {
      if (!(await this.alerts()).some((alert) => alert.labels['alertname'] === name)) return;
    }
    throw new Error(`${name} goes on firing`);
  }

  /** What a panel of Grafana would show for the whole time. */
  async range(expr: string, from: number, to: number, step = 1): Promise<SeriesFound[]> {
    const answer = (await this.ask(`/query_range?${new URLSearchParams({ query: expr, start: String(from), end: String(to), step: String(step) })}`)) as { result: { metric: Record<string, string>; values: [number, string][] }[] };
    return answer.result.map(({ metric, values }) => ({ metric, values: values.map(([, value]) => Number(value)).filter(Number.isFinite) }));
  }

  async names(): Promise<string[]> {
    return (await this.ask('/label/__name__/values')) as string[];
  }

  async until(expr: string, withinMs = 60_000): Promise<void> {
    for (const end = performance.now() + withinMs; performance.now() < end; await sleep(250)) {
      const answer = (await this.ask(`/query?${new URLSearchParams({ query: expr })}`)) as { result: unknown[] };
      if (answer.result.length > 0) return;
    }
    throw new Error(`${expr} stays empty`);
  }

  stop(): Promise<void> {
    return this.program.stop();
  }

  private async ask(path: string): Promise<unknown> {
    const answer = (await (await fetch(`${this.url}${path}`)).json()) as { status: string; data: unknown; error?: string };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }
}
