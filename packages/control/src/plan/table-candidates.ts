/** The candidates of a table's columns: what their declarations say, seen with what the table itself tells. */
import { type Candidate, candidatesFor, countedSince2001 } from './column-candidates.ts';
import { jsonCheckedColumns } from './json-checks.ts';
import type { SourceColumn, SourceTable } from './source-schema.ts';

/** Every table that Core Data makes for an entity has this column. */
const CORE_DATA_KEY = 'Z_PK';

export function tableCandidates(table: SourceTable): (column: SourceColumn) => Candidate[] {
  const jsonChecked = jsonCheckedColumns(table.sql);
  const coreData = table.columns.some((c) => c.name === CORE_DATA_KEY);
  return ({ name, declared }) => {
    if (coreData && /^timestamp$/i.test(declared)) return countedSince2001();
    return candidatesFor({ name, declared, hasJsonCheck: jsonChecked.has(name.toLowerCase()) });
  };
}
