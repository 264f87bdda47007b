import { expectVariants } from './expect-variants.ts';
import { SCHEMA_CHANGE } from './schema-change.ts';

expectVariants(SCHEMA_CHANGE);
