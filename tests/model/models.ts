/** All models with their variants. */
import { CONTROL } from './control-variants.ts';
import { CYCLE } from './cycle.ts';
import { EVOLUTION } from './evolution.ts';
import { PARTS } from './parts.ts';
import { RESTORED_TARGET } from './restored-target.ts';
import { RESYNC } from './resync.ts';
import { REVERSE } from './reverse.ts';
import { SCHEMA_CHANGE } from './schema-change.ts';
import { SNAPSHOT } from './snapshot-variants.ts';
import { STREAM } from './stream-variants.ts';
import { TARGET_FENCE } from './target-fence.ts';
import { TRUNCATE } from './truncate.ts';
import { VALIDATOR } from './validator.ts';
import type { Variant } from './variant.ts';
import { ZOMBIE_LOADER } from './zombie-loader.ts';

export const MODELS: Readonly<Record<string, readonly Variant[]>> = {
  stream: STREAM,
  parts: PARTS,
  'zombie-loader': ZOMBIE_LOADER,
  snapshot: SNAPSHOT,
  'schema-change': SCHEMA_CHANGE,
  evolution: EVOLUTION,
  'restored-target': RESTORED_TARGET,
  resync: RESYNC,
  validator: VALIDATOR,
  control: CONTROL,
  reverse: REVERSE,
  'target-fence': TARGET_FENCE,
  truncate: TRUNCATE,
  cycle: CYCLE,
};
