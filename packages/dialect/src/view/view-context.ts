/** How names and aggregates are resolved inside one SELECT of a view. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { columnValue } from '../expression/column-value.ts';
import { type Context, contextOf } from '../expression/context.ts';
import { Untranslatable } from '../expression/untranslatable.ts';
import type { Value } from '../expression/value.ts';
import { foldAscii } from '../parse/fold-ascii.ts';
import { isAggregateCall, translateAggregate } from './aggregate.ts';
import type { Relation } from './relation.ts';

export interface SelectScope {
  readonly relations: Relation[];
  /** Values of the result columns that have an alias, for the clauses that may name it. */
  readonly aliases: Map<string, Value>;
  /** Columns read outside aggregates since it was last cleared: their PostgreSQL names. */
  readonly bare: Set<string>;
  readonly state: { aggregates: number; inside: boolean };
}

export function selectScope(): SelectScope {
  return { relations: [], aliases: new Map(), bare: new Set(), state: { aggregates: 0, inside: false } };
}

export function viewContext(scope: SelectScope, source: string, notes: Set<string>, parameter?: Context['parameter']): Context {
  const context: Context = {
    ...contextOf(
      (table, name) => resolve(scope, table, name),
      (node) => {
        if (!isAggregateCall(node)) return null;
        if (scope.state.inside) throw new Untranslatable('an aggregate inside an aggregate');
        scope.state.aggregates += 1;
        scope.state.inside = true;
        const value = translateAggregate(node, context);
        scope.state.inside = false;
        return value;
      },
      source,
    ),
    notes,
    ...(parameter === undefined ? {} : { parameter }),
  };
  return context;
}

function resolve(scope: SelectScope, table: string | null, name: string): Value | undefined {
  const folded = foldAscii(name);
  const found = scope.relations.flatMap((relation) => {
    if (table === null ? relation.merged.has(folded) : foldAscii(relation.alias) !== foldAscii(table)) return [];
    const column = relation.columns.find((c) => foldAscii(c.name) === folded);
    return column === undefined ? [] : [columnValue(column.column, `${quoteIdentifier(relation.alias)}.`)];
  });
  if (found.length > 1) throw new Untranslatable(`the column ${name} is ambiguous`);
  const [value] = found;
  if (value === undefined) return table === null ? scope.aliases.get(folded) : undefined;
  if (!scope.state.inside && value.raw !== undefined) scope.bare.add(value.raw);
  return value;
}
