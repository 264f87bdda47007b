/**
 * Objects that the source does not have and that make its queries faster in PostgreSQL. Each is decided in the plan,
 * with its reason, and can be taken out there; none changes what a row holds.
 */
import { Failure } from '@causeway/contracts/failures';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import type { RelationNames } from '../objects/relation-names.ts';
import type { TableScope } from '../objects/table-scope.ts';
import type { PlanObject } from '../plan-document.ts';
import type { SourceObject } from '../source-schema.ts';
import { extensionObject } from './extension-object.ts';
import { foreignKeyIndexes } from './foreign-key-indexes.ts';
import { fulltextOfVirtualTables } from './fts-tables.ts';
import { fulltextObject } from './fulltext-object.ts';
import { jsonIndexes } from './json-indexes.ts';
import { spatialObjects } from './spatial-objects.ts';
import { searchObject } from './search-object.ts';
import type { SpeedWishes } from './speed-wishes.ts';

export interface SpeedInput {
  readonly scopes: readonly TableScope[];
  readonly virtual: readonly SourceObject[];
  readonly names: RelationNames;
  readonly wishes: SpeedWishes;
}

/** Extensions come first: what rests on one that cannot be made fails by itself, and is reported. */
export function speedObjects(input: SpeedInput): PlanObject[] {
  const { scopes, names } = input;
  const made = scopes.flatMap((scope) => [...foreignKeyIndexes(scope, names), ...jsonIndexes(scope, names), ...spatialObjects(scope, names)]);
  return withExtensions([...made, ...fulltextOfVirtualTables(input), ...wishedObjects(input)]);
}

/** Only what the plan's owner has asked for by name. Throws PLAN_INVALID naming a table or column that is not there. */
export function wishedObjects({ scopes, names, wishes }: SpeedInput): PlanObject[] {
  const search = (wishes.search ?? []).map((wish) => searchObject(scopeOf(scopes, wish.table, [wish.column], 'search'), wish, names));
  const fulltext = (wishes.fulltext ?? []).map((wish) => fulltextObject(scopeOf(scopes, wish.table, wish.columns, 'fulltext'), { ...wish, notes: ['asked for by the plan'], source: null }, names));
  return [...search, ...fulltext];
}

function scopeOf(scopes: readonly TableScope[], table: string, columns: readonly string[], where: string): TableScope {
  const scope = scopes.find((s) => foldAscii(s.source.name) === foldAscii(table));
  if (scope === undefined) throw new Failure('PLAN_INVALID', `${where}: no table ${JSON.stringify(table)} is moved`);
  for (const column of columns) {
    const found = scope.scope.columns.get(foldAscii(column));
    if (found === undefined) throw new Failure('PLAN_INVALID', `${where}: table ${JSON.stringify(table)} has no column ${JSON.stringify(column)}`);
    if (found.type !== 'text' && found.type !== 'varchar') throw new Failure('PLAN_INVALID', `${where}: the column ${JSON.stringify(column)} of ${JSON.stringify(table)} becomes ${found.type}, which is not searched as text`);
  }
  return scope;
}

export function withExtensions(objects: readonly PlanObject[]): PlanObject[] {
  const needed = new Set(objects.flatMap((o) => (/\bgin_trgm_ops\b/.test(o.target ?? '') ? ['pg_trgm'] : /\bcube\(/.test(o.target ?? '') ? ['cube'] : [])));
  return [...[...needed].map(extensionObject), ...objects];
}
