/** The order in which tables may be written while their foreign keys are enforced. Pure. */

export interface Edge {
  readonly child: string;
  readonly parent: string;
}

/** Parents before children. Where foreign keys form a circle, some edge of it cannot be kept: those are `broken`. */
export function parentsFirst<E extends Edge>(tables: readonly string[], edges: readonly E[]): { order: string[]; broken: E[] } {
  const among = edges.filter((edge) => edge.child !== edge.parent && tables.includes(edge.child) && tables.includes(edge.parent));
  const order: string[] = [];
  const rest = new Set(tables);
  const waitsFor = (table: string): number => among.filter((edge) => edge.child === table && rest.has(edge.parent)).length;
  while (rest.size > 0) {
    // In a circle the table that waits for the fewest goes first.
    const next = [...rest].reduce((best, table) => (waitsFor(table) < waitsFor(best) ? table : best));
    rest.delete(next);
    order.push(next);
  }
  return { order, broken: among.filter((edge) => order.indexOf(edge.child) < order.indexOf(edge.parent)) };
}
