/** Reads the source and makes, or checks, the plan of a migration. */
import { readFileSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import { contractsFromPlan } from '@causeway/control/plan/contracts-from-plan';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import type { ExistingTable } from '@causeway/control/plan/existing/existing-tables';
import { makePlan } from '@causeway/control/plan/make-plan';
import { type PlanDocument, planFromYaml } from '@causeway/control/plan/plan-document';
import { withWishedObjects } from '@causeway/control/plan/plan-objects';
import { withPolicyObjects } from '@causeway/control/plan/policy-objects';
import type { Query } from '@causeway/control/queries/query-set';
import { withPartitions } from '@causeway/control/plan/speed/table-partition';
import type { SourceSchema } from '@causeway/control/plan/source-schema';
import { openSource, type SourceDatabase, sourceFailure } from '@causeway/runtime/sqlite/open-source';

export interface PlanRequest {
  readonly file: string;
  readonly planFile: string | undefined;
  readonly targetSchema: string | undefined;
  readonly names: 'exact' | 'snake_case';
  readonly full: boolean;
  /** For a plan that is to be looked at: what cannot be read stands in it as left behind. */
  readonly leaveUnreadable?: boolean;
  /** The application's queries, for the indexes that they need. */
  readonly queries?: readonly Query[];
  /** The application's own tables take the rows; null where causeway makes the tables. */
  readonly existing?: { readonly tables: readonly ExistingTable[]; readonly skipMissing: boolean; readonly skip: readonly string[] };
}

export interface PlannedSource {
  readonly schema: SourceSchema;
  readonly plan: PlanDocument;
  readonly contracts: readonly TableContract[];
}

export function planSource(request: PlanRequest, onTable?: (table: string, rows: number) => void): PlannedSource {
  const db = openSource(request.file);
  try {
    const schema = discoverSchema(db);
    const plan = planOf(db, schema, request, onTable);
    return { schema, plan, contracts: contractsFromPlan(plan, schema) };
  } catch (error) {
    throw sourceFailure(request.file, error);
  } finally {
    db.close();
  }
}

function planOf(db: SourceDatabase, schema: SourceSchema, request: PlanRequest, onTable?: (table: string, rows: number) => void): PlanDocument {
  const given = givenPlan(request);
  if (given !== null && request.existing === undefined) return withPolicyObjects(withWishedObjects(withPartitions(given, schema, db), schema), schema);
  return makePlan(db, schema, {
    names: given?.names ?? request.names,
    targetSchema: given?.targetSchema ?? request.targetSchema ?? DEFAULT_SCHEMA,
    full: request.full,
    leaveUnreadable: request.leaveUnreadable === true,
    ...(request.existing === undefined ? {} : { existing: { ...request.existing, given } }),
    ...(request.queries === undefined ? {} : { queries: request.queries }),
    ...(onTable === undefined ? {} : { onTable }),
  });
}

/** The plan file, if one is given; --target-schema wins over what it says. */
export function givenPlan(request: Pick<PlanRequest, 'planFile' | 'targetSchema'>): PlanDocument | null {
  return request.planFile === undefined ? null : withSchema(planFromYaml(readPlanFile(request.planFile), request.planFile), request.targetSchema);
}

export const DEFAULT_SCHEMA = 'public';

function readPlanFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Failure('USAGE', `--plan ${path} cannot be read`, { cause });
  }
}

const withSchema = (plan: PlanDocument, targetSchema: string | undefined): PlanDocument => (targetSchema === undefined ? plan : { ...plan, targetSchema });
