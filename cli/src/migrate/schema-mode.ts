/** Who makes the tables of a migration: decided by its first run, because what a later one may drop depends on it. */
import { Failure } from '@causeway/contracts/failures';
import type { MigrationRecord, MigrationSettings } from '@causeway/control/record/migration-record';

export function schemaMode(found: MigrationRecord | null, wanted: MigrationSettings['schema'] | undefined): MigrationSettings['schema'] {
  if (found === null) return wanted ?? 'create';
  const { schema } = found.settings;
  if (wanted !== undefined && wanted !== schema) throw new Failure('USAGE', `migration ${JSON.stringify(found.name)} began with --schema ${schema}; give another one a name of its own with --name`);
  return schema;
}
