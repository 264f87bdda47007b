/**
 * Triggers are not translated. Those that only keep an index of SQLite's current (a full-text table over the rows of another one) are
 * not missed: PostgreSQL's index in its place needs none.
 */
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import { triggerWrites } from '@causeway/dialect/parse/trigger-writes';
import type { PlanObject } from '../plan-document.ts';
import type { SourceObject, SourceSchema } from '../source-schema.ts';
import { virtualTableText } from '../speed/virtual-table-text.ts';

/** `made`: what the plan makes besides. */
export function triggerObjects(schema: SourceSchema, made: readonly PlanObject[]): PlanObject[] {
  const inert = new Set(schema.objects.filter((o) => o.kind === 'shadow_table').map((o) => foldAscii(o.name)));
  const indexed = replacedIndexes(schema, made);
  return schema.objects
    .filter((object) => object.kind === 'trigger')
    .map((object) => {
      const reason = inert.has(foldAscii(object.table)) ? 'on a table that belongs to a virtual table, which is not moved' : keepsIndex(object, indexed) ? 'only keeps a full-text table current, whose index in PostgreSQL needs no trigger' : null;
      return {
        kind: 'trigger',
        name: object.name,
        table: object.table,
        fidelity: reason === null ? 'needs_decision' : 'not_moved',
        source: object.sql,
        target: null,
        stage: 'none',
        notes: [reason ?? object.note],
      };
    });
}

/** Full-text tables over the rows of a table, on which the plan makes an index in their place; by the table's name. */
function replacedIndexes(schema: SourceSchema, made: readonly PlanObject[]): ReadonlyMap<string, ReadonlySet<string>> {
  const searched = new Set(made.filter((o) => o.kind === 'fulltext' || /\bgin_trgm_ops\b/.test(o.target ?? '')).map((o) => foldAscii(o.table)));
  const out = new Map<string, Set<string>>();
  for (const object of schema.objects) {
    const content = object.kind === 'virtual_table' ? foldAscii(virtualTableText(object.sql ?? '')?.options.get('content') ?? '') : '';
    if (content !== '' && searched.has(content)) out.set(content, (out.get(content) ?? new Set()).add(foldAscii(object.name)));
  }
  return out;
}

function keepsIndex(trigger: SourceObject, indexed: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const over = indexed.get(foldAscii(trigger.table));
  const written = over === undefined ? null : triggerWrites(trigger.sql ?? '');
  return over !== undefined && written !== null && [...written].every((name) => over.has(name));
}
