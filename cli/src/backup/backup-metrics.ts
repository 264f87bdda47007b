/** What Prometheus learns of backups: from a job that stays, or from a text file that node_exporter reads. */
import { renameSync, writeFileSync } from 'node:fs';
import { MetricSet } from '@causeway/runtime/observe/metric-set';
import { Registry } from 'prom-client';
import { listBackups } from './backup-folder.ts';
import type { BackupManifest } from './manifest.ts';

export interface BackupMetrics {
  failed(): void;
  /** Reads the folder anew: what is there counts, not what this process has done. */
  refresh(): void;
  text(): Promise<string>;
}

export function backupMetrics(metrics: MetricSet, root: string, of: Pick<BackupManifest, 'kind' | 'name'>): BackupMetrics {
  const failures = metrics.counter('backup_failures_total');
  const success = metrics.gauge('backup_last_success_timestamp_seconds');
  const verifiedAt = metrics.gauge('backup_last_verified_timestamp_seconds');
  const verified = metrics.gauge('backup_last_verified');
  const bytes = metrics.gauge('backup_last_size_bytes');
  const seconds = metrics.gauge('backup_last_duration_seconds');
  const kept = metrics.gauge('backups_kept');
  return {
    failed: () => failures.inc(),
    refresh: () => {
      const all = listBackups(root).filter(({ manifest }) => manifest.kind === of.kind && manifest.name === of.name);
      const newest = all[0]?.manifest;
      const proof = all.find(({ manifest }) => manifest.verified !== null)?.manifest.verified;
      success.set(newest === undefined ? Number.NaN : Date.parse(newest.createdAt) / 1000 + newest.seconds);
      verifiedAt.set(proof === undefined || proof === null ? Number.NaN : Date.parse(proof.at) / 1000);
      verified.set(newest?.verified ? 1 : 0);
      bytes.set(newest?.bytes ?? Number.NaN);
      seconds.set(newest?.seconds ?? Number.NaN);
      kept.set(all.length);
    },
    text: () => metrics.registry.metrics(),
  };
}

/** Written whole under another name first: a reader never sees half of it. */
export async function writeMetricsFile(file: string, root: string, of: Pick<BackupManifest, 'kind' | 'name'>): Promise<void> {
  const metrics = backupMetrics(new MetricSet(new Registry()), root, of);
  metrics.refresh();
  writeFileSync(`${file}.part`, await metrics.text(), { mode: 0o644 });
  renameSync(`${file}.part`, file);
}
