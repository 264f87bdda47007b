/** What Prometheus learns of backups: from a job that stays, or from a text file that node_exporter reads. */
import { renameSync, writeFileSync } from 'node:fs';
import { METRICS, metricName } from '@causeway/contracts/metric-names';
import { Counter, Gauge, Registry } from 'prom-client';
import { listBackups } from './backup-folder.ts';
import type { BackupManifest } from './manifest.ts';

type Name = Extract<keyof typeof METRICS, `backup${string}`>;

export interface BackupMetrics {
  failed(): void;
  /** Reads the folder anew: what is there counts, not what this process has done. */
  refresh(): void;
  text(): Promise<string>;
}

export function backupMetrics(registry: Registry, root: string, of: Pick<BackupManifest, 'kind' | 'name'>): BackupMetrics {
  const gauge = (name: Name): Gauge => new Gauge({ name: metricName(name), help: METRICS[name], registers: [registry] });
  const failures = new Counter({ name: metricName('backup_failures_total'), help: METRICS.backup_failures_total, registers: [registry] });
  const [success, verifiedAt, verified, bytes, seconds, kept] = [
    gauge('backup_last_success_timestamp_seconds'), gauge('backup_last_verified_timestamp_seconds'), gauge('backup_last_verified'), gauge('backup_last_size_bytes'), gauge('backup_last_duration_seconds'), gauge('backups_kept'),
  ];
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
    text: () => registry.metrics(),
  };
}

/** Written whole under another name first: a reader never sees half of it. */
export async function writeMetricsFile(file: string, root: string, of: Pick<BackupManifest, 'kind' | 'name'>): Promise<void> {
  const metrics = backupMetrics(new Registry(), root, of);
  metrics.refresh();
  writeFileSync(`${file}.part`, await metrics.text(), { mode: 0o644 });
  renameSync(`${file}.part`, file);
}
