/** A query in PostgreSQL's words: as the file gives it, translated, or as it is written where the translator gives up. */
import { type Value, INT64, intValue, textValue } from '@causeway/dialect/expression/value';
import { translateQuery } from '@causeway/dialect/translate-view';
import type { QueryTables } from './query-tables.ts';
import type { Query } from './query-set.ts';
import { numberedParameters } from './scan-sql.ts';

export interface PostgresForm {
  /** Parameters stand as $1, $2 …, by the names beside. */
  readonly sql: string;
  readonly names: readonly string[];
  /** given: from the file; translated: by causeway; as_written: SQLite's own text. */
  readonly how: 'given' | 'translated' | 'as_written';
  /** Where the translation is not exact, or why there is none. */
  readonly notes: readonly string[];
}

/** What a parameter is asked with in SQLite: its class decides how it compares. */
export type SampleClass = 'integer' | 'text';

export function postgresForm(query: Query, tables: QueryTables | null, classes: ReadonlyMap<string, SampleClass>): PostgresForm {
  if (query.postgres !== null) {
    const { text, names } = numberedParameters(query.postgres);
    return { sql: text, names, how: 'given', notes: [] };
  }
  const { text, names } = numberedParameters(query.sqlite);
  if (tables === null) return { sql: text, names, how: 'as_written', notes: [] };
  const parameters = new Map<string, Value>(names.map((name, i) => [`:${name}`, classes.get(name) === 'text' ? textValue(`$${i + 1}::text`) : intValue(`$${i + 1}::bigint`, INT64, true)]));
  const translated = translateQuery(query.sqlite, tables, parameters);
  if (translated.sql === null) return { sql: text, names, how: 'as_written', notes: translated.notes.map((note) => `not translated: ${note}`) };
  return { sql: translated.sql, names, how: 'translated', notes: translated.notes };
}
