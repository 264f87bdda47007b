import { EVOLUTION } from './evolution.ts';
import { expectVariants } from './expect-variants.ts';

expectVariants(EVOLUTION);
