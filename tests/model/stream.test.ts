import { expectVariants } from './expect-variants.ts';
import { STREAM } from './stream-variants.ts';

// Invariant: I49
expectVariants(STREAM);
