import { CONTROL } from './control-variants.ts';
import { expectVariants } from './expect-variants.ts';

// Invariant: I61, I64, I78
expectVariants(CONTROL);
