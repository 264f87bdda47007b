/** Entry point of the command line. */
import { runCli } from './run-cli.ts';

await runCli(process);
