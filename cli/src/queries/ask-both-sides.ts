/** Runs a set of queries on a source and its target, with the translation that the migration's plan gives. */
import { join } from 'node:path';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import type { PlanDocument } from '@causeway/control/plan/plan-document';
import { compareQueries } from '@causeway/control/queries/compare-queries';
import { beginReading, extensionSchemas } from '@causeway/control/queries/postgres-queries';
import type { Query } from '@causeway/control/queries/query-set';
import { queryTables } from '@causeway/control/queries/query-tables';
import { openSource } from '@causeway/runtime/sqlite/open-source';
import { prepareSource } from '@causeway/runtime/sqlite/prepare-source';
import type pg from 'pg';
import { queriesOutcome, type QueriesOutcome } from './queries-outcome.ts';

export interface AskRequest {
  readonly source: string;
  readonly pool: pg.Pool;
  readonly plan: PlanDocument | null;
  readonly targetSchema: string;
  readonly queries: readonly Query[];
  readonly rounds: number;
  readonly timeoutSeconds: number;
  /** For a copy of a source that is in use. */
  readonly workFolder: string;
  readonly signal: AbortSignal;
  readonly onQuery: (name: string, done: number, of: number) => void;
}

export async function askBothSides(request: AskRequest): Promise<QueriesOutcome> {
  const { plan, pool } = request;
  const prepared = await prepareSource(request.source, join(request.workFolder, 'queries'), { forceCopy: false });
  const db = openSource(prepared.readPath);
  const client = await pool.connect();
  try {
    const schemas = [...new Set([request.targetSchema, ...(await extensionSchemas(client))])];
    await beginReading(client, schemas, request.timeoutSeconds);
    const tables = plan === null ? null : queryTables(discoverSchema(db), plan);
    return queriesOutcome(await compareQueries({ db, client, tables, queries: request.queries, rounds: request.rounds, onQuery: request.onQuery, signal: request.signal }), request.rounds);
  } finally {
    // Its settings must not meet the pool's next borrower.
    client.release(true);
    db.close();
  }
}
