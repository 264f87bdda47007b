import { expectVariants } from './expect-variants.ts';
import { ZOMBIE_LOADER } from './zombie-loader.ts';

expectVariants(ZOMBIE_LOADER);
