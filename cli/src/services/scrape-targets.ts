/**
 * Where Prometheus finds the services that a command has started, as a file for its file_sd_configs: their ports are free
 * ones unless they were named. The file stays when the command is interrupted: a migration that nobody follows is down, and
 * must be seen to be down. It goes with the migration.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from './service-process.ts';

const AGAIN_MS = 5_000;

export class ScrapeTargets {
  private readonly file: string;
  private readonly migration: string;
  private readonly host: string;
  private readonly ports = new Map<ServiceName, number>();
  private again: NodeJS.Timeout | undefined;

  constructor(folder: string, migration: string, metricsHost: string | undefined) {
    this.file = join(folder, 'prometheus-targets.json');
    this.migration = migration;
    // An address that means "all of them" is none to connect to.
    this.host = metricsHost === undefined || ['', '0.0.0.0', '::'].includes(metricsHost) ? '127.0.0.1' : metricsHost;
  }

  /** A service listens; after a restart at another port. */
  add(service: ServiceName, port: number): void {
    this.ports.set(service, port);
    this.write();
  }

  /** A folder without room keeps Prometheus waiting, and nobody else. */
  private write(): void {
    clearTimeout(this.again);
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    const groups = [...this.ports].map(([name, at]) => ({ targets: [`${host}:${at}`], labels: { service: name, migration: this.migration } }));
    try {
      // Prometheus may read at any moment.
      writeFileSync(`${this.file}.new`, `${JSON.stringify(groups, null, 2)}\n`, { mode: 0o644 });
      renameSync(`${this.file}.new`, this.file);
    } catch {
      this.again = setTimeout(() => this.write(), AGAIN_MS).unref();
    }
  }

  remove(): void {
    clearTimeout(this.again);
    rmSync(this.file, { force: true });
  }
}
