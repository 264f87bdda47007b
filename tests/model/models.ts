/** All models with their variants. */
import { CONTROL } from './control-variants.ts';
import { PARTS } from './parts.ts';
import { STREAM } from './stream-variants.ts';
import type { Variant } from './variant.ts';

export const MODELS: Readonly<Record<string, readonly Variant[]>> = {
  stream: STREAM,
  parts: PARTS,
  control: CONTROL,
};
