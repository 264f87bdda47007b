/**
 * What a policy makes of a column of the contract:
 * - `quarantine`: a row with a value that does not fit is kept apart
 * - `text`, `bytes`: the type becomes text or bytea, filled from every class that it can print
 * - `widen`: the narrowest type that holds every class that was seen in the column
 * - `null`, `replace`: the value becomes another (contracts/table-contract, MisfitPolicy), and is counted
 * Pure.
 */
import { type LogicalType, parsePostgresType } from '@causeway/contracts/logical-type';
import type { ColumnContract, MisfitPolicy, SourceForm } from '@causeway/contracts/table-contract';
import type { PlanColumn, PlanPolicy } from './plan-document.ts';

export type Resolved = Pick<ColumnContract, 'type' | 'form' | 'policy'> | { readonly problem: string };

export interface PolicyGiven {
  readonly policy: PlanPolicy | undefined;
  /** Said of the whole table: where it cannot be followed, the column keeps the quarantine. */
  readonly byTable: boolean;
  readonly inKey: boolean;
}

export function resolvePolicy(column: PlanColumn, { policy, byTable, inKey }: PolicyGiven): Resolved {
  const type = parsePostgresType(column.type) as LogicalType;
  const asPlanned = { type, form: column.form };
  switch (policy) {
    case undefined:
    case 'quarantine':
      return asPlanned;
    case 'text':
      return byTable && inKey ? asPlanned : { type: { kind: 'text' }, form: 'any' };
    case 'bytes':
      return byTable && inKey ? asPlanned : { type: { kind: 'bytea' }, form: 'any' };
    case 'widen':
      return widened(column, asPlanned);
    default:
      return replaced(column, policy, { asPlanned, byTable, inKey });
  }
}

function replaced(column: PlanColumn, policy: MisfitPolicy, given: { asPlanned: { type: LogicalType; form: SourceForm }; byTable: boolean; inKey: boolean }): Resolved {
  const problem = problemOf(column, policy, given.asPlanned.type, given.inKey);
  if (problem === null) return { ...given.asPlanned, policy };
  return given.byTable ? given.asPlanned : { problem };
}

function problemOf(column: PlanColumn, policy: MisfitPolicy, type: LogicalType, inKey: boolean): string | null {
  if (inKey) return `policy ${policy} on a column of the key: two rows could get one key`;
  if (policy === 'null' && column.notNull) return 'policy null needs `notNull: false`';
  if (policy === 'replace' && type.kind !== 'text') return `policy replace is for text, and the type is ${column.type}`;
  return null;
}

function widened(column: PlanColumn, asPlanned: { type: LogicalType; form: SourceForm }): Resolved {
  if (asPlanned.form === 'any') return asPlanned;
  const { integer = 0, real = 0, text = 0, blob = 0 } = column.found ?? {};
  const numbers = integer + real;
  if (blob > 0 && numbers > 0) return { problem: 'policy widen: no type of PostgreSQL holds both numbers and blobs as they are; choose another policy' };
  if (blob > 0) return { type: { kind: 'bytea' }, form: 'any' };
  if (text > 0) return { type: { kind: 'text' }, form: 'any' };
  if (real > 0) return integer > 0 && asPlanned.type.kind !== 'float8' ? { type: { kind: 'numeric' }, form: 'plain' } : { type: { kind: 'float8' }, form: 'plain' };
  return integer > 0 ? { type: { kind: 'int8' }, form: 'plain' } : asPlanned;
}
