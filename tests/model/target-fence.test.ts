import { expectVariants } from './expect-variants.ts';
import { TARGET_FENCE } from './target-fence.ts';

expectVariants(TARGET_FENCE);
