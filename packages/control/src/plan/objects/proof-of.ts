/** How a translated condition is proved on every row of its table. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { conditionProof } from '@causeway/dialect/proof-query';
import type { ExpressionTranslation } from '@causeway/dialect/translate-expression';
import type { PlanObject } from '../plan-document.ts';
import type { TableScope } from './table-scope.ts';

/** An object without the field where there is nothing to prove: no condition, or one that is not translated. */
export function proofOf(condition: ExpressionTranslation | null, table: TableScope): Pick<PlanObject, 'proof'> {
  const proof = condition === null ? null : conditionProof(condition, quoteIdentifier(table.source.name), table.target);
  return proof === null ? {} : { proof: { ...proof } };
}
