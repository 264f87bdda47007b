/** The whole catalogue, in the order of the catalogue of hard cases. */
import { blobDatabases } from './blob-databases.ts';
import { constraintDatabases } from './constraint-databases.ts';
import { dateDatabases } from './date-databases.ts';
import { declaredTypeDatabases } from './declared-type-databases.ts';
import { documentDatabases } from './document-databases.ts';
import { fileDatabases } from './file-databases.ts';
import { frameworkDatabases } from './framework-databases.ts';
import type { HostileDatabase } from './hostile-database.ts';
import { integerDatabases } from './integer-databases.ts';
import { keyDatabases } from './key-databases.ts';
import { nameDatabases } from './name-databases.ts';
import { realDatabases } from './real-databases.ts';
import { structureDatabases } from './structure-databases.ts';
import { textDatabases } from './text-databases.ts';
import { virtualTableDatabases } from './virtual-table-databases.ts';

export const hostileDatabases: readonly HostileDatabase[] = [
  ...integerDatabases,
  ...realDatabases,
  ...declaredTypeDatabases,
  ...textDatabases,
  ...blobDatabases,
  ...dateDatabases,
  ...documentDatabases,
  ...keyDatabases,
  ...nameDatabases,
  ...constraintDatabases,
  ...structureDatabases,
  ...virtualTableDatabases,
  ...frameworkDatabases,
  ...fileDatabases,
];
