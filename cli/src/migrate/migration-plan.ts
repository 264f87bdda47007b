/** Reads the source and makes, or checks, the plan of a migration. */
import { readFileSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import { contractsFromPlan } from '@causeway/control/plan/contracts-from-plan';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import { makePlan } from '@causeway/control/plan/make-plan';
import { type PlanDocument, planFromYaml } from '@causeway/control/plan/plan-document';
import type { SourceSchema } from '@causeway/control/plan/source-schema';
import { openSource, sourceFailure } from '@causeway/runtime/sqlite/open-source';

export interface PlanRequest {
  readonly file: string;
  readonly planFile: string | undefined;
  readonly targetSchema: string | undefined;
  readonly names: 'exact' | 'snake_case';
  readonly full: boolean;
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
    const plan =
      request.planFile === undefined
        ? makePlan(db, schema, { names: request.names, targetSchema: request.targetSchema ?? 'public', full: request.full, ...(onTable === undefined ? {} : { onTable }) })
        : withSchema(planFromYaml(readPlanFile(request.planFile), request.planFile), request.targetSchema);
    return { schema, plan, contracts: contractsFromPlan(plan, schema) };
  } catch (error) {
    throw sourceFailure(request.file, error);
  } finally {
    db.close();
  }
}

function readPlanFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Failure('USAGE', `--plan ${path} cannot be read`, { cause });
  }
}

const withSchema = (plan: PlanDocument, targetSchema: string | undefined): PlanDocument => (targetSchema === undefined ? plan : { ...plan, targetSchema });
