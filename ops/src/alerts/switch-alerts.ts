/** What wakes somebody about the switch and the way back. */
import type { Alert } from './alert.ts';

const M = 'migration="m",service="extractor"';

export const SWITCH_ALERTS: readonly Alert[] = [
  {
    name: 'CausewayFenceHeld',
    severity: 'critical',
    for: '0s',
    expr: () => 'max by (migration) (causeway_migration_fence_held_seconds) > 15',
    summary: 'Nobody can write for too long',
    description: 'Both sides of migration {{ $labels.migration }} have been closed for {{ $value | humanizeDuration }}.',
    fires: { [`causeway_migration_fence_held_seconds{${M}}`]: '0+60x60' },
    silent: { [`causeway_migration_fence_held_seconds{${M}}`]: '0 2 0x60' },
  },
  {
    name: 'CausewayFencePassed',
    severity: 'critical',
    for: '0s',
    expr: () => 'max by (migration) (causeway_validator_source_touched) == 1',
    summary: 'Something was changed in SQLite behind its fence',
    description: 'While PostgreSQL is the primary of migration {{ $labels.migration }}, something was made or dropped in SQLite that its fence cannot stop.',
    fires: { 'causeway_validator_source_touched{migration="m",service="validator"}': '1x60' },
    silent: { 'causeway_validator_source_touched{migration="m",service="validator"}': '0x60' },
  },
  {
    name: 'CausewayWayBackBroken',
    severity: 'critical',
    for: '1m',
    expr: () =>
      'sum by (migration) (max by (migration, kind) (causeway_migration_back_problems)) > 0 or (max by (migration) (causeway_migration_back_armed) == 0 and on (migration) max by (migration) (causeway_migration_phase{phase=~"switched|returning"}) == 1)',
    summary: 'One cannot go back without losing something',
    description: 'The way back of migration {{ $labels.migration }} is not whole: a rollback would lose what it names.',
    fires: { [`causeway_migration_back_armed{${M}}`]: '0x60', [`causeway_migration_phase{${M},phase="switched"}`]: '1x60' },
    silent: { [`causeway_migration_back_armed{${M}}`]: '0x60', [`causeway_migration_phase{${M},phase="switched"}`]: '0x60', [`causeway_migration_back_problems{${M},kind="ddl"}`]: '0x60' },
  },
  {
    name: 'CausewayWayBackLag',
    severity: 'warning',
    for: '5m',
    expr: () => 'max by (migration) (causeway_extractor_back_lag_seconds) > 60',
    summary: 'SQLite is far behind PostgreSQL',
    description: 'The oldest write of migration {{ $labels.migration }} that waits to go back to SQLite is {{ $value | humanizeDuration }} old.',
    fires: { [`causeway_extractor_back_lag_seconds{${M}}`]: '0+60x60' },
    silent: { [`causeway_extractor_back_lag_seconds{${M}}`]: '0.1x60' },
  },
];
