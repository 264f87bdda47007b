/** All checks, by the stage under which their time is told: those that ask the database again stand apart. */
import { captureHazards } from './capture-hazards.ts';
import type { Check } from './check-input.ts';
import { columnValues } from './column-values.ts';
import { dateEncodings } from './date-encodings.ts';
import { foreignKeys } from './foreign-keys.ts';
import { names } from './names.ts';
import { numbering } from './numbering.ts';
import { refusedRows } from './refused-rows.ts';
import { schemaObjects } from './schema-objects.ts';
import { tableKeys } from './table-keys.ts';

export const STAGES: Readonly<Record<string, readonly Check[]>> = {
  foreignKeys: [foreignKeys],
  uniqueness: [tableKeys],
  rest: [refusedRows, columnValues, dateEncodings, names, schemaObjects, numbering, captureHazards],
};
