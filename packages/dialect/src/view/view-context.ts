/** How names and aggregates are resolved inside one SELECT of a view. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { columnValue } from '../expression/column-value.ts';
import { type Context, contextOf } from '../expression/context.ts';
import { Untranslatable } from '../expression/untranslatable.ts';
import type { Value } from '../expression/value.ts';
import type { SearchCondition } from '../fulltext/search-condition.ts';
import { foldAscii } from '../parse/fold-ascii.ts';
import { isAggregateCall, translateAggregate } from './aggregate.ts';
import { fulltextValue, rankValue } from './fulltext-scope.ts';
import type { Relation } from './relation.ts';

export interface SelectScope {
  readonly relations: Relation[];
  /** Values of the result columns that have an alias, for the clauses that may name it. */
  readonly aliases: Map<string, Value>;
  /** Columns read outside aggregates since it was last cleared: their PostgreSQL names. */
  readonly bare: Set<string>;
  /** By the name of the relation. */
  readonly searches: Map<string, SearchCondition>;
  readonly state: { aggregates: number; inside: boolean };
}

export function selectScope(): SelectScope {
  return { relations: [], aliases: new Map(), bare: new Set(), searches: new Map(), state: { aggregates: 0, inside: false } };
}

export function viewContext(scope: SelectScope, source: string, notes: Set<string>, parameter?: Context['parameter']): Context {
  const context: Context = {
    ...contextOf(
      (table, name) => resolve(scope, table, name, notes),
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
    fulltext: (node) => fulltextValue(node, scope, context),
    ...(parameter === undefined ? {} : { parameter }),
  };
  return context;
}

function resolve(scope: SelectScope, table: string | null, name: string, notes: Set<string>): Value | undefined {
  const folded = foldAscii(name);
  const found = scope.relations.flatMap((relation) => {
    if (table === null ? relation.merged.has(folded) : foldAscii(relation.alias) !== foldAscii(table)) return [];
    const column = relation.columns.find((c) => foldAscii(c.name) === folded);
    return column === undefined ? [] : [columnValue(column.column, `${quoteIdentifier(relation.alias)}.`)];
  });
  if (found.length > 1) throw new Untranslatable(`the column ${name} is ambiguous`);
  const [value] = found;
  if (value === undefined) return (table === null ? scope.aliases.get(folded) : undefined) ?? hidden(scope, table, folded, notes);
  if (!scope.state.inside && value.raw !== undefined) scope.bare.add(value.raw);
  return value;
}

const ROWIDS = new Set(['rowid', 'oid', '_rowid_']);

/** Columns that no `*` gives. */
function hidden(scope: SelectScope, table: string | null, name: string, notes: Set<string>): Value | undefined {
  if (name !== 'rank' && !ROWIDS.has(name)) return undefined;
  const having = scope.relations.filter((r) => (table === null || foldAscii(r.alias) === foldAscii(table)) && (name === 'rank' ? r.fulltext : r.rowid) !== undefined);
  const [relation] = having;
  // Every table may have a rowid that is not known here.
  if (relation === undefined || having.length > 1 || (table === null && name !== 'rank' && scope.relations.length > 1)) return undefined;
  if (name === 'rank') return rankValue(relation, scope, notes);
  const value = columnValue(relation.rowid as NonNullable<Relation['rowid']>, `${quoteIdentifier(relation.alias)}.`);
  if (!scope.state.inside && value.raw !== undefined) scope.bare.add(value.raw);
  return value;
}
