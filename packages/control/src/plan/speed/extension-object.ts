import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { PlanObject } from '../plan-document.ts';

const USES: Readonly<Record<string, string>> = { pg_trgm: "indexes for LIKE '%…%'", cube: 'indexes of boxes in other than two dimensions' };

/** Trusted in PostgreSQL: whoever may create in the database may make it, where the server has its files. */
export function extensionObject(name: string): PlanObject {
  return {
    kind: 'extension',
    name,
    table: '',
    fidelity: 'exact',
    source: null,
    target: `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)} SCHEMA public`,
    stage: 'create',
    notes: [`for ${USES[name] ?? 'objects of this plan'}`],
  };
}
