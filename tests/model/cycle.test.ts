import { CYCLE } from './cycle.ts';
import { expectVariants } from './expect-variants.ts';

expectVariants(CYCLE);
