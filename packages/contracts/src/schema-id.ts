/** Schema ids of the schema topic: unique in one migration, and derivable, so that a restart gives the same ones. */
const TABLES_PER_GENERATION = 100_000;

export function schemaIdOf(generation: number, table: number): number {
  return generation * TABLES_PER_GENERATION + table + 1;
}

/** Changes of a table have a schema of their own; tables end well below half of a generation's ids. */
const CHANGES = 50_000;

export function changeSchemaIdOf(generation: number, table: number): number {
  return generation * TABLES_PER_GENERATION + CHANGES + table + 1;
}

/** Heartbeats and markers. */
export function beatSchemaIdOf(generation: number): number {
  return (generation + 1) * TABLES_PER_GENERATION;
}
