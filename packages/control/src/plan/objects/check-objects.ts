/** CHECK constraints, translated so that every row gives the same answer on both sides. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { translateCondition } from '@causeway/dialect/translate-expression';
import type { PlanObject } from '../plan-document.ts';
import type { RelationNames } from './relation-names.ts';
import { proofOf } from './proof-of.ts';
import type { TableScope } from './table-scope.ts';

export function checkObjects(table: TableScope, names: RelationNames): PlanObject[] {
  if (table.parsed === null) return unparsedChecks(table);
  return table.parsed.checks.map((check) => {
    const translated = translateCondition(check.expression, table.scope);
    const wished = check.name ?? [table.plan.target, check.column, 'check'].filter((part) => part !== null).join('_');
    return {
      kind: 'check',
      name: check.name ?? wished,
      table: table.source.name,
      fidelity: translated.fidelity,
      source: `CHECK (${check.expression.text})`,
      target: translated.sql === null ? null : `ALTER TABLE ${table.target} ADD CONSTRAINT ${quoteIdentifier(names.claim(wished))} CHECK (${translated.sql})`,
      stage: translated.sql === null ? 'none' : 'check',
      notes: [...translated.notes],
      ...proofOf(translated, table),
    };
  });
}

/** A CREATE TABLE that was not understood may hold checks; saying nothing would drop them silently. */
function unparsedChecks(table: TableScope): PlanObject[] {
  if (table.source.fts !== null || !/\bcheck\b/i.test(table.source.sql)) return [];
  return [{ kind: 'check', name: table.source.name, table: table.source.name, fidelity: 'needs_decision', source: table.source.sql, target: null, stage: 'none', notes: ['the text of CREATE TABLE was not understood; its CHECK constraints are not made'] }];
}
