/** Size of the source's files, and the room that is left beside them: the log and the WAL grow there. */
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MetricSet } from '@causeway/runtime/observe/metric-set';

export function measureSource(metrics: MetricSet, file: string): void {
  const bytes = metrics.gauge('extractor_source_file_bytes');
  const wal = metrics.gauge('extractor_source_wal_bytes');
  const free = metrics.gauge('extractor_source_disk_free_bytes');
  const size = metrics.gauge('extractor_source_disk_size_bytes');
  const sizeOf = (path: string): Promise<number> => stat(path).then((found) => found.size, () => 0);
  metrics.onScrape(async () => {
    bytes.set(await sizeOf(file));
    wal.set(await sizeOf(`${file}-wal`));
    const disk = await statfs(dirname(file)).catch(() => null);
    if (disk === null) return;
    free.set(disk.bavail * disk.bsize);
    size.set(disk.blocks * disk.bsize);
  });
}
