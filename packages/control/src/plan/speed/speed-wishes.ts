/** What the plan may ask for beside the source's own indexes; optional parts of the plan file. */
import { z } from 'zod';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

export const speedWishes = {
  /**
   * Text columns that are searched with LIKE '%…%': each gets a trigram index. `form` says how the application writes
   * the search: plain (LIKE or ILIKE on the column), upper (UPPER(column::text) LIKE …, as Django's icontains), ascii
   * (as causeway translates SQLite's LIKE).
   */
  search: z.array(z.strictObject({ table: z.string(), column: z.string(), form: z.enum(['plain', 'upper', 'ascii']).default('plain') })).optional(),
  /** Texts that are searched by words: each gets a full-text index over its columns. */
  fulltext: z.array(z.strictObject({ table: z.string(), columns: z.array(z.string()).min(1), config: z.string().regex(/^[a-z_][a-z0-9_]*$/).default('simple') })).optional(),
  /** Large tables by a date: each becomes partitions of a range, and a default one for what lies outside. */
  partition: z.array(z.strictObject({ table: z.string(), column: z.string(), by: z.enum(['month', 'quarter', 'year']), from: day.optional(), to: day.optional() })).optional(),
};

const shape = z.strictObject(speedWishes);
export type SpeedWishes = z.infer<typeof shape>;
export type SearchWish = NonNullable<SpeedWishes['search']>[number];
export type FulltextWish = NonNullable<SpeedWishes['fulltext']>[number];
export type PartitionWish = NonNullable<SpeedWishes['partition']>[number];
