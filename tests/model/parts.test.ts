import { expectVariants } from './expect-variants.ts';
import { PARTS } from './parts.ts';

// Invariant: I49
expectVariants(PARTS);
