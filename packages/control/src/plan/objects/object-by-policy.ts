/** An object of the plan as its policy leaves it. Pure. */
import type { PlanObject } from '../plan-document.ts';

export function objectByPolicy(object: PlanObject): PlanObject {
  if (object.kind !== 'foreign_key' || object.target === null || object.policy === undefined) return object;
  if (object.policy === 'skip') return { ...object, target: null, stage: 'none', fidelity: 'not_moved', notes: [...object.notes, 'left out, as the plan says'] };
  return { ...object, target: `${object.target} NOT VALID`, fidelity: 'approximated', notes: [...object.notes, 'NOT VALID, as the plan says: it holds for new rows'] };
}
