import { expectVariants } from './expect-variants.ts';
import { TRUNCATE } from './truncate.ts';

expectVariants(TRUNCATE);
