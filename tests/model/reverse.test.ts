import { expectVariants } from './expect-variants.ts';
import { REVERSE } from './reverse.ts';

expectVariants(REVERSE);
