import { expectVariants } from './expect-variants.ts';
import { RESTORED_TARGET } from './restored-target.ts';

expectVariants(RESTORED_TARGET);
