/** What the suite is asked for. A wrong option ends it with the code of a usage error. */
import { parseArgs } from 'node:util';

const HELP = `The crash suite of the live part. Last line: N runs, N lost, N doubled.

  npm run test:crash -- --runs N --seed S [--minutes M]   N runs, each with a seed of its own (S, S + 1 ...) that replays it;
                                                          none is begun after M minutes
  npm run test:crash -- --wide ...                        the same with faults of the network, of disks (as root) and of clocks
  npm run test:crash -- --exhaustive                      a kill at every fail point of the product, once
  npm run test:crash -- --planted [NAME]                  products with a planted bug, each of which must be found
  npm run test:crash -- --soak MINUTES --seed S           one long run, back and forth, something broken in every moment
  npm run test:crash -- --matrix FILE --from RUNS         the page of docs/ from what --json has written; --remark TEXT: what else
                                                          is to be known about these runs

  --own-servers   broker and PostgreSQL are this suite's and are killed too; else they are those that CAUSEWAY_TEST_PG and
                  CAUSEWAY_TEST_BROKERS name
  --json FILE     appends one line a run
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OPTIONS = { runs: text, seed: text, minutes: text, json: text, soak: text, matrix: text, remark: text, from: { ...text, multiple: true }, 'own-servers': flag, exhaustive: flag, planted: flag, wide: flag, help: { ...flag, short: 'h' } } as const;

export function readOptions() {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
    if (values.help !== true) return { ...values, names: positionals };
    process.stdout.write(HELP);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}
