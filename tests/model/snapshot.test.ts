import { expectVariants } from './expect-variants.ts';
import { SNAPSHOT } from './snapshot-variants.ts';

expectVariants(SNAPSHOT);
