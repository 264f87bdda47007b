import { expectVariants } from './expect-variants.ts';
import { RESYNC } from './resync.ts';

expectVariants(RESYNC);
