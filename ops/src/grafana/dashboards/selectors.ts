/** What all queries about a migration select by. */
import type { Variable } from '../panel.ts';

export const M = 'migration=~"$migration"';

export const MIGRATION: Variable = { name: 'migration', label: 'Migration', query: 'label_values(causeway_service_healthy, migration)' };
