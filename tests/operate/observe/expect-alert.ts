/** An alert that fires must say what it is about, and where to read on. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from '@jest/globals';
import type { FiringAlert, PrometheusServer } from './prometheus-server.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

export async function expectAlert(prometheus: PrometheusServer, name: string, labels: Readonly<Record<string, string>> = {}): Promise<FiringAlert> {
  const alert = await prometheus.untilFiring(name, labels);
  const { summary = '', description = '', runbook_url = '' } = alert.annotations;
  expect(existsSync(resolve(ROOT, runbook_url))).toBe(true);
  expect(summary).not.toBe('');
  expect(description).not.toMatch(/<no value>|<error|\{\{/);
  return alert;
}
