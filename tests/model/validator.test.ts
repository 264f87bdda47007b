import { expectVariants } from './expect-variants.ts';
import { VALIDATOR } from './validator.ts';

expectVariants(VALIDATOR);
