/** What wakes somebody before room runs out. */
import type { Alert } from './alert.ts';

const M = 'migration="m",service="extractor"';

export const ROOM_ALERTS: readonly Alert[] = [
  {
    name: 'CausewayChangeLogGrowth',
    severity: 'warning',
    for: '5m',
    expr: () => 'max by (migration) (causeway_extractor_log_entries) > 500000',
    summary: 'The change log inside SQLite grows',
    description: 'The change log of migration {{ $labels.migration }} holds {{ $value | humanize }} entries: the target, the tailer or the validator holds its purge back.',
    fires: { [`causeway_extractor_log_entries{${M}}`]: '600000x60' },
    silent: { [`causeway_extractor_log_entries{${M}}`]: '900000 12x60' },
  },
  {
    name: 'CausewaySourceDiskLow',
    severity: 'critical',
    for: '5m',
    expr: () => 'min by (migration) (causeway_extractor_source_disk_free_bytes / causeway_extractor_source_disk_size_bytes) < 0.1',
    summary: 'The file system of SQLite is nearly full',
    description: 'The file system of the source of migration {{ $labels.migration }} has {{ $value | humanizePercentage }} left; when it is full the application cannot write.',
    fires: { [`causeway_extractor_source_disk_free_bytes{${M}}`]: '5x60', [`causeway_extractor_source_disk_size_bytes{${M}}`]: '100x60' },
    silent: { [`causeway_extractor_source_disk_free_bytes{${M}}`]: '50x60', [`causeway_extractor_source_disk_size_bytes{${M}}`]: '100x60' },
  },
  {
    name: 'CausewayHostDiskLow',
    severity: 'critical',
    for: '5m',
    expr: () => 'node_filesystem_avail_bytes{fstype!~"ramfs|squashfs|overlay|nsfs|proc|sysfs"} / (node_filesystem_size_bytes{fstype!~"ramfs|squashfs|overlay|nsfs|proc|sysfs"} > 0) < 0.1',
    summary: 'A file system of the host is nearly full',
    description: '{{ $labels.mountpoint }} of {{ $labels.instance }} has {{ $value | humanizePercentage }} left.',
    fires: { 'node_filesystem_avail_bytes{instance="h",mountpoint="/data",fstype="ext4"}': '5x60', 'node_filesystem_size_bytes{instance="h",mountpoint="/data",fstype="ext4"}': '100x60' },
    silent: { 'node_filesystem_avail_bytes{instance="h",mountpoint="/data",fstype="ext4"}': '50x60', 'node_filesystem_size_bytes{instance="h",mountpoint="/data",fstype="ext4"}': '100x60' },
  },
];
