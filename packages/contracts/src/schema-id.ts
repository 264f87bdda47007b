/** Schema ids of the schema topic: unique in one migration, and derivable, so that a restart gives the same ones. */
const TABLES_PER_GENERATION = 100_000;

export function schemaIdOf(generation: number, table: number): number {
  return generation * TABLES_PER_GENERATION + table + 1;
}
