/**
 * prometheus.yml. Targets come from files beside it (targets/causeway*.json, postgres*.json, node*.json, backup*.json): those of this
 * folder name the containers of docker-compose.yml, and `causeway migrate` writes one for the services that it starts.
 */
import { stringify } from 'yaml';
import { scaled } from './duration.ts';

const JOBS = ['causeway', 'postgres', 'node', 'backup'] as const;

export function renderConfig(timeScale: number): string {
  // More often than once a second nobody can scrape.
  const interval = timeScale === 1 ? '15s' : scaled('15s', Math.max(timeScale, 1 / 15));
  const config = {
    global: { scrape_interval: interval, scrape_timeout: timeScale === 1 ? '10s' : interval, evaluation_interval: interval },
    rule_files: ['rules/*.yml'],
    scrape_configs: JOBS.map((job) => ({
      job_name: job,
      // The services say themselves which service and migration they are.
      ...(job === 'causeway' ? { honor_labels: true } : {}),
      file_sd_configs: [{ files: [`targets/${job}*.json`], refresh_interval: timeScale === 1 ? '30s' : '1s' }],
    })),
  };
  return `# Made by \`node ops/src/main.ts\` from ops/src/prometheus; change that.\n${stringify(config, { lineWidth: 0 })}`;
}
