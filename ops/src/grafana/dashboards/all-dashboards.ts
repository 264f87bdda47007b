/** All dashboards, by the name of their file. */
import type { Dashboard } from '../panel.ts';
import { CUTOVER_DASHBOARD } from './cutover-dashboard.ts';
import { MIGRATION_DASHBOARD } from './migration-dashboard.ts';
import { PIPELINE_DASHBOARD } from './pipeline-dashboard.ts';
import { POSTGRES_DASHBOARD } from './postgres-dashboard.ts';

export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  migration: MIGRATION_DASHBOARD,
  cutover: CUTOVER_DASHBOARD,
  pipeline: PIPELINE_DASHBOARD,
  postgresql: POSTGRES_DASHBOARD,
};
