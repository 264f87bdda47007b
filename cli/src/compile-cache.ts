/** Where Node keeps compiled modules between runs: start-up is inside the measured time of a migration. */
import { fileURLToPath } from 'node:url';

export const COMPILE_CACHE = fileURLToPath(new URL('../../.causeway/cache/compile', import.meta.url));
