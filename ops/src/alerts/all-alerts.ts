/** All alerts, in the groups in which Prometheus evaluates them. */
import type { Alert } from './alert.ts';
import { MIGRATION_ALERTS } from './migration-alerts.ts';
import { POSTGRES_ALERTS } from './postgres-alerts.ts';
import { ROOM_ALERTS } from './room-alerts.ts';
import { SWITCH_ALERTS } from './switch-alerts.ts';

export const ALERT_GROUPS: Readonly<Record<string, readonly Alert[]>> = {
  'causeway-migration': MIGRATION_ALERTS,
  'causeway-switch': SWITCH_ALERTS,
  'causeway-room': ROOM_ALERTS,
  'causeway-postgres': POSTGRES_ALERTS,
};

export const ALERTS: readonly Alert[] = Object.values(ALERT_GROUPS).flat();
