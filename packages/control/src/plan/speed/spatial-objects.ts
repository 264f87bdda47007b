/**
 * R*Trees become tables with a GiST index over their boxes: PostgreSQL's own type `box` in two dimensions, the extension
 * cube in one, three and more. Ask with `box(point(x1, y1), point(x2, y2)) && box(…)`, or with `cube(…) && cube(…)`.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { RelationNames } from '../objects/relation-names.ts';
import type { TableScope } from '../objects/table-scope.ts';
import type { PlanObject } from '../plan-document.ts';
import { virtualTableText } from './virtual-table-text.ts';

export function spatialObjects(table: TableScope, names: RelationNames): PlanObject[] {
  if (table.source.fts !== 'rtree') return [];
  const auxiliary = (table.source.sql.match(/[(,]\s*\+/g) ?? []).length;
  const bounds = table.plan.columns.slice(1, table.plan.columns.length - auxiliary);
  const text = virtualTableText(table.source.sql);
  // Only numbers make a box; whoever has put something else into the plan wants no index.
  if (text === null || bounds.length < 2 || bounds.length % 2 !== 0 || bounds.some((c) => c.type !== 'double precision' && c.type !== 'bigint')) return [];
  const column = (i: number): string => `${quoteIdentifier(bounds[i]?.target ?? '')}::double precision`;
  const every = (from: number): string => Array.from({ length: bounds.length / 2 }, (_, d) => column(2 * d + from)).join(', ');
  const shape = bounds.length === 4 ? `box(point(${column(0)}, ${column(2)}), point(${column(1)}, ${column(3)}))` : `cube(ARRAY[${every(0)}], ARRAY[${every(1)}])`;
  const wished = `${table.plan.target}_gist`;
  return [
    {
      kind: 'index',
      name: wished,
      table: table.source.name,
      fidelity: 'approximated',
      source: table.source.sql,
      target: `CREATE INDEX ${quoteIdentifier(names.claim(wished))} ON ${table.target} USING gist ((${shape}))`,
      stage: 'index',
      notes: [`in place of the R*Tree: ask with ${shape} && … instead of comparing the bounds one by one`],
    },
  ];
}
