/** Entry point of the command line. */
import { enableCompileCache } from 'node:module';
import { COMPILE_CACHE } from './compile-cache.ts';

// Before the rest is imported, so that the rest comes from the cache.
enableCompileCache(COMPILE_CACHE);
const { runCli } = await import('./run-cli.ts');
await runCli(process);
