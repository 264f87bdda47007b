/** A case is its statements: drawn from a seed, run twice, with the capture and without. */
import { seededRandom } from '@causeway/testkit/seeded-random';
import { Application, type ApplicationOptions } from './application.ts';
import { drawFill, drawSchema } from './random-schema.ts';
import { drawSchemaChange, drawStatement } from './random-statement.ts';

export interface CaptureCase {
  readonly seed: number;
  readonly options: ApplicationOptions;
  readonly ddl: readonly string[];
  readonly fill: readonly string[];
  /** Transactions. */
  readonly work: readonly (readonly string[])[];
  /** The application's own migration, at the end. */
  readonly change: readonly string[];
  /** A fence is raised and lifted in the middle. */
  readonly fenced: boolean;
}

export function drawCase(seed: number): CaptureCase {
  const random = seededRandom(seed);
  const options: ApplicationOptions = { looseQuotes: random.oneIn(2), foreignKeys: random.oneIn(2), recursiveTriggers: random.oneIn(3), encoding: random.pick(['UTF-8', 'UTF-8', 'UTF-8', 'UTF-16le']) };
  const scratch = new Application(':memory:', options);
  try {
    const schema = drawSchema(random, (sql) => scratch.accepts(sql), options.recursiveTriggers);
    if (schema.tables.length === 0) return { seed, options, ddl: [], fill: [], work: [], change: [], fenced: false };
    const fill = drawFill(random, schema.tables);
    const work = Array.from({ length: random.integer(6, 14) }, () => {
      const statements = Array.from({ length: random.integer(1, 4) }, () => drawStatement(random, schema)).flat();
      return random.oneIn(4) ? statements : ['BEGIN', ...statements, ...(random.oneIn(8) ? [] : ['COMMIT']), 'ROLLBACK'];
    });
    const change = random.oneIn(4) ? Array.from({ length: random.integer(1, 2) }, () => drawSchemaChange(random, schema)) : [];
    return { seed, options, ddl: schema.ddl, fill, work, change, fenced: random.oneIn(4) };
  } finally {
    scratch.close();
  }
}
