/**
 * What a change of the source's schema means for the target, as the extractor records it and the loader performs it.
 * Every step stands at one place of the change stream: batches before it are of the contracts before.
 */

/** An object that hangs on a table that is made: tried on its own, reported where PostgreSQL refuses it. */
export interface StepObject {
  readonly kind: string;
  readonly name: string;
  readonly fidelity: string;
  readonly sourceSql: string | null;
  /** Null: told only. */
  readonly targetSql: string | null;
  readonly notes: string;
}

export interface AddedColumn {
  readonly target: string;
  /** Literal that the rows which are there already take, as they took it in SQLite; null: NULL. */
  readonly fill: string | null;
}

export type SchemaStep =
  | { readonly kind: 'make_table'; readonly table: number; readonly objects: readonly StepObject[] }
  | { readonly kind: 'drop_table'; readonly table: number; readonly targetSchema: string; readonly target: string; readonly source: string }
  | {
      readonly kind: 'change_table';
      readonly table: number;
      readonly added: readonly AddedColumn[];
      /** Names in the target. */
      readonly dropped: readonly string[];
      readonly renamed: readonly (readonly [from: string, to: string])[];
      /** Columns that may be NULL from here on. */
      readonly nullable: readonly string[];
      /** The first batch behind this step brings every row of the table; those that are there go in its transaction. */
      readonly reload: boolean;
      readonly objects: readonly StepObject[];
    };
